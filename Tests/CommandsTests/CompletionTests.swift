// Completion as a person meets it: the values the program offers, and the key in the three shells.

import CommandLineKit
import Commands
import Testing

@Suite struct Completion {
  private static let config = """
    providers:
      house: { dialect: openai-chat, base_url: "http://127.0.0.1:9/v1" }
      hovel: { dialect: openai-chat, base_url: "http://127.0.0.1:9/v1" }
    models:
      house/red: { context: 8192 }
      house/red:big: { context: 8192 }
    aliases: { hot: house/red }
    """

  private func values(_ home: ProgramHome, _ words: String...) async -> [String] {
    let result = await home.start(["__complete"] + words, stdin: nil).finish()
    #expect(result.ending == .exited(0))
    #expect(result.stderr == "")
    return result.stdout.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
  }

  @Test(arguments: [
    (["chat", "-m", "ho"], ["hot", "house/", "hovel/"]),
    (["chat", "-m", "house/"], ["house/red", "house/red:big"]),
    (["chat", "--model=house/red:"], ["house/red:big"]),
    (["-m", "hot"], ["hot"]),
    (["chat", "-m", "offline/"], ["offline/echo"]),
    (["keys", "set", "hov"], ["hovel"]),
    (["chat", "-o", "temp"], ["temperature="]),
    (["chat", "-a", ""], [":files"]),
    (["completions", ""], ["bash", "zsh", "fish"]),
    (["help", "sp"], ["spend"]),
    (["help", "__"], []),
    (["spend", "--by", "ta"], ["tag:"]),
    (["config", "get", "ledger.s"], ["ledger.sync"]),
    (["chat", "--no-stream"], []),
    (["logs", "show", ""], []),
    ([], []),
  ])
  func `values come from the tables and the config`(_ words: [String], _ expected: [String]) async {
    let home = ProgramHome()
    home.write(Self.config, to: "config.yaml")
    let result = await home.start(["__complete"] + words, stdin: nil).finish()
    #expect(result.ending == .exited(0))
    #expect(result.stdout.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) } == expected)
    #expect(result.stderr == "")
  }

  @Test func `the registry's models complete by their beginning`() async {
    let found = await values(ProgramHome(), "chat", "-m", "anthropic/claude-opus-4-5")
    #expect(found.contains("anthropic/claude-opus-4-5"))
    #expect(found.allSatisfy { $0.hasPrefix("anthropic/claude-opus-4-5") })
  }

  @Test func `before anything is typed only providers that can be called are offered`() async {
    let home = ProgramHome()
    home.write(Self.config, to: "config.yaml")
    #expect(await values(home, "chat", "-m", "") == ["hot", "house/", "hovel/"])
  }

  @Test func `names come from the ledger, the latest first, and no control character with them`() async {
    let home = ProgramHome()
    for (project, tag) in [("atlas", "team=core"), ("borealis", "team=web"), ("bad\u{1B}[31m", "x=y\nz")] {
      let result = await home.run(
        "chat", "-m", "offline/echo", "--no-stdin", "--project", project, "--session", "s-\(project)", "--tag", tag,
        "hi")
      #expect(result.ending == .exited(0))
    }
    #expect(await values(home, "chat", "--project", "") == ["borealis", "atlas"])
    #expect(await values(home, "chat", "--project", "at") == ["atlas"])
    #expect(await values(home, "logs", "--project=b") == ["borealis"])
    #expect(await values(home, "chat", "--session", "s-a") == ["s-atlas"])
    #expect(await values(home, "chat", "--tag", "team=") == ["team=web", "team=core"])
    let ids = await values(home, "logs", "show", "")
    #expect(ids == home.ledger("SELECT id FROM operations ORDER BY seq DESC"))
    #expect(await values(home, "chat", "--project", "100%_") == [])
  }

  @Test func `completing leaves no trace, and a config with a mistake is not its business`() async {
    let home = ProgramHome()
    home.write("providers: [", to: "config.yaml")
    #expect(await values(home, "chat", "--project", "") == [])
    #expect(await values(home, "chat", "-m", "offline/") == ["offline/echo"])
    #expect(output(of: "ls '\(home.path)'") == "config.yaml\n")
  }

  @Test func `a ledger is only read`() async {
    let home = ProgramHome()
    _ = await home.run("chat", "-m", "offline/echo", "--no-stdin", "--project", "atlas", "hi")
    let books = "cd '\(home.path)/data/llmgw' && chmod a-w ledger.db && sha256sum ledger.db && ls running"
    let before = output(of: books)
    #expect(await values(home, "chat", "--project", "") == ["atlas"])
    #expect(output(of: books) == before)
  }

  @Test func `no network library is loaded`() async {
    let home = ProgramHome()
    home.configure(port: 9)
    let trace = ["LD_DEBUG": "files"]
    let completing = await home.run("__complete", "chat", "-m", "mock/", environment: trace)
    #expect(completing.stdout.hasPrefix("mock/m"))
    #expect(completing.stderr.contains("libsqlite3") && !completing.stderr.contains("libcurl"))
    let calling = await home.run("chat", "-m", "mock/m", "--retries", "0", "--no-stdin", "hi", environment: trace)
    #expect(calling.stderr.contains("libcurl"))
  }

  @Test(arguments: Shell.allCases)
  func `the script of a shell is printed`(_ shell: Shell) async {
    let result = await ProgramHome().run("completions", shell.rawValue)
    #expect(result.ending == .exited(0))
    #expect(result.stdout == LLMGW.program.completions(for: shell))
  }

  @Test(arguments: [
    (["completions"], "llmgw: completions: SHELL is missing. See llmgw completions --help.\n"),
    (
      ["completions", "zhs"],
      "llmgw: completions: 'zhs': not one of bash, zsh, fish. Did you mean 'zsh'?\n"
    ),
    (["__manual", "llmgw-chta.1"], "llmgw: __manual: 'llmgw-chta.1' is no page. Did you mean 'llmgw-chat.1'?\n"),
  ])
  func `a shell or page that is not known is a usage error`(_ words: [String], _ line: String) async {
    let result = await ProgramHome().start(words, stdin: nil).finish()
    #expect(result.ending == .exited(2))
    #expect(result.stderr == line)
  }

  /// The line, and what the completion key makes of its last word.
  static let lines: [(line: String, words: [String])] = [
    ("llmgw ch", ["chat"]),
    ("llmgw logs ", ["list", "prune", "show"]),
    ("llmgw chat --fail", ["--fail-on-length"]),
    ("llmgw chat -m house/red:", ["house/red:big"]),
    ("llmgw chat --model=house/red:b", ["--model=house/red:big"]),
    ("llmgw -m hov", ["hovel/"]),
    ("llmgw completions ", ["bash", "fish", "zsh"]),
    ("llmgw chat -a confi", ["config.yaml"]),
    ("llmgw chat -o seed", ["seed="]),
    ("llmgw keys set hou", ["house"]),
    ("llmgw help comp", ["completions"]),
    ("llmgw chat --status", []),
  ]

  @Test(arguments: Shell.allCases)
  func `the completion key works in a real shell`(_ shell: Shell) {
    let home = ProgramHome()
    home.write(Self.config, to: "config.yaml")
    let root = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }
    let script = [Shell.bash: "llmgw.bash", .zsh: "_llmgw", .fish: "llmgw.fish"][shell] ?? ""
    let folder = RunningProgram.path.split(separator: "/").dropLast().reduce(into: "") { $0 += "/" + $1 }
    let typed = Self.lines.map { "'\($0.line)'" }.joined(separator: " ")
    let said = output(
      of: """
        cd '\(home.path)' && env -i HOME='\(home.path)' LLMGW_CONFIG='\(home.path)/config.yaml' LC_ALL=C.UTF-8 \
        PATH='\(folder):/usr/bin:/bin' '\(root)/Tests/Shells/complete' \(shell.rawValue) \
        '\(root)/completions/\(script)' \(typed) 2>&1
        """)
    var rest = said.split(separator: "\n", omittingEmptySubsequences: false)[...]
    for (line, words) in Self.lines {
      let found = rest.prefix { !$0.isEmpty }.map(String.init)
      rest = rest.dropFirst(found.count + 1)
      let unchanged = String(line[line.index(after: line.lastIndex(of: " ") ?? line.startIndex)...])
      // A shell that finds nothing leaves the word as it is.
      #expect(found.filter { $0 != unchanged }.sorted() == words, "\(shell): \(line): \(said)")
    }
  }
}
