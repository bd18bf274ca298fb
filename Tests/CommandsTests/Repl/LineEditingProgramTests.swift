// Typing at the prompt: what a person sees, on a screen.

import Glibc
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct TypingAtThePrompt {
  private let home = ProgramHome()

  private func start(
    environment: [String: String] = [:], columns: Int = 80, rows: Int = 24
  ) async throws -> PseudoTerminal {
    let terminal = try home.atTerminal(
      "repl", "-m", "offline/echo", environment: environment, columns: columns, rows: rows)
    await terminal.untilPrompt()
    return terminal
  }

  @Test func `letters of any script are kept in the C locale`() async throws {
    let terminal = try await start()
    terminal.type("héllo 日本語 e\u{301}")
    await terminal.until { $0.currentLine == "echo> héllo 日本語 e\u{301}" }
    terminal.type(Key.control("u") + "héllo 日本語")
    await terminal.until { $0.currentLine == "echo> héllo 日本語" }
    // A wide character is one key.
    terminal.type(Key.left + Key.left + "X")
    await terminal.until { $0.currentLine == "echo> héllo 日X本語" }
    await terminal.say("")
    let answers = home.ledger("select text from contents where part = 'reply'")
    #expect(answers.first?.contains("héllo 日X本語") == true, "\(answers)")
  }

  @Test func `three pasted lines are one message`() async throws {
    let terminal = try await start()
    terminal.paste("one\ntwo\n三")
    await terminal.until { $0.text.contains("echo> one\ntwo\n三") }
    await terminal.say("")
    #expect(home.ledger("select count(*) from operations") == ["1"])
    #expect(home.ledger("select replace(text, char(10), '/') from contents where part = 'prompt'") == ["one/two/三"])
  }

  @Test func `two thousand pasted lines are shown as a word and sent whole`() async throws {
    let terminal = try await start()
    terminal.paste((1...2_000).map { "line \($0)\n" }.joined())
    await terminal.until { $0.currentLine == "echo> [paste: 2000 lines]" }
    terminal.type(" what is it?")
    await terminal.until { $0.currentLine == "echo> [paste: 2000 lines] what is it?" }
    await terminal.say("")
    #expect(home.ledger("select count(*) from operations") == ["1"])
    let kept = home.ledger(
      "select instr(text, 'line 2000') > 0 and instr(text, '[paste') = 0 from contents where part = 'prompt'")
    #expect(kept == ["1"])
    // What only this process can expand is not offered to the next.
    #expect(!home.read("data/llmgw/history.jsonl").contains("[paste"))
  }

  @Test func `a paste whose end is lost does not hold the prompt for ever`() async throws {
    let terminal = try await start()
    terminal.type("\u{1B}[200~half")
    await terminal.until { $0.currentLine == "echo> half" }
    terminal.type(" typed")
    await terminal.until { $0.currentLine == "echo> half typed" }
  }

  @Test(arguments: [Key.altEnter, Key.control("j"), "\u{1B}[13;2u"])
  func `a key begins a new line within the message`(_ key: String) async throws {
    let terminal = try await start()
    await terminal.say("one\(key)two")
    #expect(home.ledger("select replace(text, char(10), '/') from contents where part = 'prompt'") == ["one/two"])
  }

  @Test func `lines that are typed while others are answered are sent, too`() async throws {
    let terminal = try await start()
    // A command that takes its time: what is typed meanwhile reaches the terminal in its usual mode.
    await terminal.say("zero")
    terminal.type("/last | sleep 1" + Key.enter)
    await terminal.until { $0.text.contains("sleep 1\n") }
    for word in ["one", "two", "three"] { terminal.type(word + Key.enter) }
    await terminal.until { $0.history.ranges(of: "· session ").count == 4 }
    #expect(home.ledger("select count(*) from operations") == ["4"])
  }

  @Test func `three quotes begin and end a message of several lines`() async throws {
    let terminal = try await start()
    await terminal.say("\"\"\"\rone\rtwo\r\"\"\"")
    #expect(home.ledger("select replace(text, char(10), '/') from contents where part = 'prompt'") == ["one/two"])
  }

  @Test func `the line is drawn right when the window changes while typing`() async throws {
    let terminal = try await start(columns: 60)
    let text = "the quick brown 狐 jumps over the lazy dog and runs on and on to the end of the row"
    terminal.type(text)
    await terminal.until { $0.text.replacing("\n", with: "").contains("end of the row") }
    var typed = text
    for (columns, letter) in [(40, "a"), (100, "b"), (47, "c")] {
      terminal.resize(columns: columns, rows: 24)
      terminal.type(letter)
      typed += letter
      let wanted = "echo>\(typed)".replacing(" ", with: "")
      let screen = await terminal.until { screen in
        screen.lines.drop { !$0.contains("echo>") }.joined().replacing(" ", with: "") == wanted
      }
      #expect(screen.lines.count { $0.contains("echo>") } == 1, "\(columns): \(screen.text)")
    }
  }

  @Test func `TAB puts in what is certain and lists the rest`() async throws {
    let terminal = try await start()
    terminal.type("/mo\t")
    await terminal.until { $0.currentLine == "echo> /model" }
    terminal.type("\t")
    let screen = await terminal.until { $0.text.contains("/models  List models") && $0.currentLine == "echo> /model" }
    #expect(screen.text.contains("Ask another model"))
    terminal.type(" offl\t")
    await terminal.until { $0.currentLine == "echo> /model offline/" }
    terminal.type("\t")
    await terminal.until { $0.currentLine == "echo> /model offline/echo" }
  }

  @Test func `files are completed where a command takes one`() async throws {
    home.write("x", to: "notes.txt")
    let terminal = try await start()
    terminal.type("/attach \(home.path)/no\t")
    await terminal.until { $0.text.replacing("\n", with: "").contains("/notes.txt") }
  }

  @Test func `what was typed is there after a restart, but for what began with a space`() async throws {
    var terminal = try await start()
    await terminal.say("remember me")
    await terminal.say(" a secret")
    terminal.type(Key.control("d"))
    #expect(await terminal.ending() == .exited(0))
    terminal = try await start()
    terminal.type(Key.up)
    await terminal.until { $0.currentLine == "echo> remember me" }
    terminal.type(Key.control("u") + Key.control("d"))
    #expect(await terminal.ending() == .exited(0))
    terminal = try await start()
    terminal.type(Key.control("r") + "memb")
    await terminal.until { $0.text.contains("remember me") }
    #expect(!home.read("data/llmgw/history.jsonl").contains("secret"))
    #expect(home.ledger("select 1") == ["1"])
    var status = stat()
    #expect(stat(home.path + "/data/llmgw/history.jsonl", &status) == 0 && status.st_mode & 0o777 == 0o600)
  }

  @Test func `LLMGW_HISTORY says where, and off for nowhere`() async throws {
    let terminal = try await start(environment: ["LLMGW_HISTORY": "off"])
    await terminal.say("hello")
    #expect(home.read("data/llmgw/history.jsonl").isEmpty)
  }

  @Test func `the editor gets the line and gives back another`() async throws {
    home.write("#!/bin/sh\ntr a-z A-Z <\"$1\" >\"$1.new\" && cat \"$1.new\" >\"$1\" && rm \"$1.new\"\n", to: "shout")
    let terminal = try await start(environment: ["EDITOR": "sh \(home.path)/shout", "TMPDIR": home.path])
    terminal.type("make it loud" + Key.control("x") + Key.control("e"))
    await terminal.until { $0.currentLine == "echo> MAKE IT LOUD" }
    await terminal.say("")
    #expect(home.ledger("select text from contents where part = 'prompt'") == ["MAKE IT LOUD"])
  }

  @Test func `Ctrl-C clears the line, and twice leaves as a signal does`() async throws {
    let terminal = try await start()
    terminal.type("half a thought" + Key.control("c"))
    await terminal.until { $0.text.contains("^C") && $0.currentLine == "echo>" }
    terminal.type("x" + Key.control("h") + Key.control("c"))
    #expect(await terminal.ending() == .signalled(SIGINT))
    #expect(home.ledger("select count(*) from operations") == ["0"])
  }

  @Test func `Ctrl-D leaves, and the terminal is as it was`() async throws {
    let terminal = try await start()
    #expect(terminal.screen.marksPastes)
    terminal.type(Key.control("d"))
    #expect(await !terminal.until { !$0.marksPastes }.marksPastes)
    #expect(await terminal.ending() == .exited(0))
  }

  @Test func `Ctrl-Z stops it at the prompt and in an answer, and fg goes on where it was`() async throws {
    let gate = ScriptedServer.Gate()
    let half = ScriptedChat.reply(ScriptedChat.events(ScriptedChat.delta("Half an ")))
    let rest = ScriptedChat.events(ScriptedChat.delta("answer"), ScriptedChat.stop, "[DONE]")
    let server = try #require(ScriptedServer(.readRequest, .write(half), .wait(gate), .write(rest), .close))
    home.configure(port: server.port)
    var variables = home.environmentOfProgram
    variables.merge(["TERM": "xterm", "LC_ALL": "C", "PS1": "shell> "]) { $1 }
    let terminal = try #require(PseudoTerminal("/bin/sh", ["-i", "-m"], environment: variables))
    await terminal.untilPrompt("shell>")
    terminal.type("'\(RunningProgram.path)' repl -m mock/m\r")
    await terminal.untilPrompt("m>")
    terminal.type("go on")
    // The terminal itself drops what is not read yet when a key sends a signal.
    await terminal.until { $0.currentLine == "m> go on" }
    terminal.type(Key.control("z"))
    var screen = await terminal.until { $0.text.contains("Stopped") && $0.currentLine == "shell>" }
    #expect(!screen.marksPastes)
    terminal.type("fg\r")
    screen = await terminal.until { $0.currentLine == "m> go on" }
    #expect(screen.marksPastes)
    terminal.type("\r")
    await terminal.until(shows: "Half")
    terminal.type(Key.control("z"))
    await terminal.until { $0.text.ranges(of: "Stopped").count == 2 && $0.currentLine == "shell>" }
    terminal.type("fg\r")
    gate.open()
    screen = await terminal.until { $0.text.contains("answer") && $0.currentLine == "m>" }
    #expect(server.log.requests.last?.turns == ["user:go on"])
    terminal.type(Key.control("d"))
    await terminal.untilPrompt("shell>")
  }

  @Test func `keys of ~/.editrc are the person's, but for those that keep a paste together`() async throws {
    home.write("llmgw:bind ^G ed-delete-prev-char\nother:bind ^A ed-newline\nbind ^J ed-newline\n", to: ".editrc")
    let terminal = try await start()
    terminal.type("one\(Key.control("g"))\(Key.control("a"))x")
    await terminal.until { $0.currentLine == "echo> xon" }
    terminal.type(Key.control("e"))
    await terminal.say("\(Key.control("j"))two")
    #expect(home.ledger("select replace(text, char(10), '/') from contents where part = 'prompt'") == ["xon/two"])
  }

  @Test func `a dumb terminal gets no control sequence`() async throws {
    let terminal = try await start(environment: ["TERM": "dumb"])
    terminal.type("plain words\r")
    let screen = await terminal.until { $0.history.components(of: "plain words") >= 2 && $0.currentLine == "echo>" }
    #expect(!screen.bytes.contains(0x1B), "\(String(decoding: screen.bytes, as: UTF8.self))")
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
