// Templates: what stands in them, what is filled in, and what they make of a call.

import GatewayCore
import TestSupport
import Testing

struct ATemplateText {
  @Test(arguments: [
    ("to $to: $input", "to French: hi"), ("${to}ish", "Frenchish"), ("costs $$5 and $5", "costs $5 and $5"),
    ("$", "$"), ("${to", "${to"), ("$to$to", "FrenchFrench"), ("$nobody.", "."), ("", ""),
  ])
  func `takes values for its variables and leaves the rest`(_ text: String, _ filled: String) {
    #expect(TemplateText(text).filled(["to": "French", "input": "hi"]) == filled)
  }

  @Test func `what is filled in is not looked into`() {
    #expect(TemplateText("$input").filled(["input": "$to", "to": "x"]) == "$to")
  }
}

struct ATemplateFile {
  private func parse(_ text: String) -> Result<Template, SettingsError> {
    do throws(SettingsError) {
      return .success(try Template.parse(Array(text.utf8), file: "t.yaml", nearest: { _, all in all.first }))
    } catch {
      return .failure(error)
    }
  }

  @Test func `may hold everything a call has`() throws {
    let template = try parse(
      """
      model: a/b
      system: be brief
      prompt: |
        Translate to $to:

        $input
      options: { temperature: 0.2, stop: END }
      schema: "name, age int"
      tools: [weather]
      defaults: { to: French }
      """
    ).get()
    #expect(template.model == "a/b" && template.system == "be brief" && template.schema == "name, age int")
    #expect(template.prompt == "Translate to $to:\n\n$input\n")
    #expect(template.options.map { "\($0.key)=\($0.value)" } == ["temperature=0.2", "stop=END"])
    #expect(template.tools == ["weather"] && template.defaults == ["to": "French"])
  }

  @Test(arguments: [
    ("promt: x", "unknown key 'promt'"), ("- x", "must be a mapping"), ("model: [x]", "must be a text"),
  ])
  func `with a mistake is refused with its place`(_ text: String, _ problem: String) {
    guard case .failure(let error) = parse(text) else { return _ = Issue.record("taken") }
    #expect(error.problem.contains(problem) && error.place != nil, "\(error)")
  }
}

struct ACallWithTemplates {
  private let home = ProgramHome()

  private func write(_ text: String, _ name: String) async {
    await onShell("mkdir -p '\(home.path)/config/llmgw/templates'")
    home.write(text, to: "config/llmgw/templates/\(name).yaml")
  }

  private func prompt() -> [String] {
    home.ledger("select replace(text, char(10), '/') from contents where part = 'prompt' order by seq desc limit 1")
  }

  @Test func `says what the template makes of what is typed and piped in`() async {
    await write("model: offline/echo\nsystem: as a $role\nprompt: 'To $to: $input'\ndefaults: { role: poet }\n", "tr")
    let result = await home.run("chat", "-t", "tr", "-p", "to=French", "good", "day", stdin: "piped")
    #expect(result.stdout == "To French: good day\n\npiped\n", "\(result.stderr)")
    #expect(prompt() == ["system: as a poet//user: To French: good day//piped"])
  }

  @Test func `combines several; what is typed goes before all`() async {
    await write("model: nobody/none\nsystem: one\nprompt: first\n", "a")
    await write("model: offline/echo\nsystem: two\nprompt: second\n", "b")
    _ = await home.run("chat", "-t", "a", "-t", "b", "third")
    #expect(prompt() == ["system: one//two//user: first//second//third"])
    _ = await home.run("chat", "-t", "a", "-t", "b", "-s", "mine", "third")
    #expect(prompt() == ["system: mine//user: first//second//third"])
  }

  @Test func `is refused where a variable has no value or no template has it`() async {
    await write("model: offline/echo\nprompt: 'To $to'\n", "tr")
    let missing = await home.run("chat", "-t", "tr", "x")
    #expect(
      missing.ending == .exited(2) && missing.stderr.contains("template 'tr' needs 'to'. Give it with -p to=VALUE."))
    let unknown = await home.run("chat", "-t", "tr", "-p", "to=x", "-p", "tone=y", "x")
    #expect(unknown.ending == .exited(2) && unknown.stderr.contains("no template has such a variable"))
    let other = await home.run("chat", "-t", "trr", "x")
    #expect(other.ending == .exited(4) && other.stderr.contains("Did you mean 'tr'?"))
    #expect(home.ledger("select count(*) from operations").first != "1")
  }

  @Test func `at the prompt each message goes through the template`() async {
    await write("model: offline/echo\nprompt: 'Shout: $input'\n", "shout")
    let result = await home.run("repl", "-t", "shout", stdin: "one\ntwo\n")
    #expect(result.stdout == "Shout: one\nShout: two\n", "\(result.stderr)")
  }

  @Test func `templates are listed and shown as they stand`() async {
    await write("prompt: 'Shout: $input'\n", "shout")
    let list = await home.run("templates")
    #expect(list.stdout.contains("shout") && list.stdout.contains("Shout: $input"))
    let shown = await home.run("templates", "show", "shout")
    #expect(shown.stdout == "prompt: 'Shout: $input'\n")
    let missing = await home.run("templates", "show", "../keys")
    #expect(missing.ending == .exited(2))
  }
}
