// Conversations at the prompt and from the shell: what is asked of providers, what is kept, what stops what.

import GatewayCore
import Glibc
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(2)))
struct AConversation {
  private let home = ProgramHome()

  private func start(_ server: ScriptedServer, _ arguments: String..., extra: String = "") async throws
    -> PseudoTerminal
  {
    home.configure(port: server.port, extra: extra)
    var all = ["repl", "-m", "mock/m"]
    all += arguments
    let terminal = try home.atTerminal(all)
    await terminal.untilPrompt("m>")
    return terminal
  }

  @Test func `sends what was said before, and goes on where it was after a restart`() async throws {
    let server = try ScriptedChat.server { count, _ in ScriptedChat.answer("answer \(count)") }
    var terminal = try await start(server, "--session", "trip", "-s", "be brief", "-o", "temperature=0.2")
    await terminal.say("one", prompt: "m>")
    terminal.type(Key.control("d"))
    #expect(await terminal.ending() == .exited(0))
    terminal = try home.atTerminal("repl", "--session", "trip")
    await terminal.untilPrompt("m>")
    await terminal.say("two", prompt: "m>")
    let request = try #require(server.log.requests.last)
    #expect(request.turns == ["system:be brief", "user:one", "assistant:answer 0", "user:two"])
    #expect(request.json["temperature"]?.number?.text == "0.2")
    let result = await home.run("chat", "--session", "trip", "three")
    #expect(result.stdout == "answer 2\n")
    #expect(server.log.requests.last?.turns.suffix(2) == ["assistant:answer 1", "user:three"])
    #expect(home.ledger("select distinct text from names join operations on session = names.id") == ["trip"])
    #expect(home.ledger("select group_concat(origin) from operations") == ["repl,repl,cli"])
  }

  @Test func `a killed one has all that was shown`() async throws {
    let gate = ScriptedServer.Gate()
    let server = try #require(
      ScriptedServer(
        .readRequest,
        .write(
          ScriptedChat.reply(
            ScriptedChat.events(ScriptedChat.delta("The first words"), ScriptedChat.delta(" and more")))), .wait(gate),
        .close))
    var terminal = try await start(server, "--session", "trip")
    terminal.type("tell me\r")
    await terminal.until(shows: "The first words and")
    terminal.send(SIGKILL)
    #expect(await terminal.ending() == .signalled(SIGKILL))
    terminal = try home.atTerminal("repl", "-c")
    await terminal.untilPrompt("m>")
    let screen = await terminal.command("/history", shows: "The first words")
    #expect(screen.text.contains("The first words and more"), "\(screen.text)")
    #expect(screen.text.contains("tell me"))
    #expect(home.ledger("select status from operations") == ["lost"])
    gate.open()
  }

  @Test func `Ctrl-C stops an answer, keeps what had come and books it`() async throws {
    let gate = ScriptedServer.Gate()
    let server = try #require(
      ScriptedServer([
        [
          .readRequest,
          .write(ScriptedChat.reply(ScriptedChat.events(ScriptedChat.delta("Half an"), ScriptedChat.delta(" answer")))),
          .wait(gate), .close,
        ],
        [.readRequest, .write(ScriptedChat.answer("whole")), .close],
      ]))
    let terminal = try await start(server)
    terminal.type("go\r")
    await terminal.until(shows: "Half an")
    terminal.type(Key.control("c"))
    await terminal.until { $0.text.contains("stopped; what had arrived is kept") && $0.currentLine == "m>" }
    await terminal.say("and now?", prompt: "m>")
    #expect(server.log.requests.last?.turns == ["user:go", "assistant:Half an answer", "user:and now?"])
    #expect(home.ledger("select group_concat(status) from operations") == ["interrupted,ok"])
    gate.open()
  }

  @Test func `a failure does not end it, and /retry asks again`() async throws {
    let server = try ScriptedChat.server { count, _ in
      count == 0
        ? "HTTP/1.1 401 No\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}" : ScriptedChat.answer("better")
    }
    let terminal = try await start(server)
    terminal.type("hello\r")
    await terminal.until { $0.text.contains("401 authentication") && $0.currentLine == "m>" }
    await terminal.say("/retry", prompt: "m>")
    #expect(server.log.requests.last?.turns == ["user:hello"])
    #expect(terminal.screen.text.contains("better"))
  }

  @Test func `undo, retry, edit and fork leave the other branch where it was`() async throws {
    let server = try ScriptedChat.server { count, _ in ScriptedChat.answer("answer \(count)") }
    let terminal = try await start(server, "--session", "trip")
    await terminal.say("one", prompt: "m>")
    await terminal.say("two", prompt: "m>")
    await terminal.command("/undo", shows: "back to before: two")
    await terminal.say("other two", prompt: "m>")
    #expect(server.log.requests.last?.turns == ["user:one", "assistant:answer 0", "user:other two"])
    await terminal.say("/retry", prompt: "m>")
    #expect(server.log.requests.last?.turns == ["user:one", "assistant:answer 0", "user:other two"])
    await terminal.command("/fork side", shows: "this is 'side' now")
    await terminal.say("three", prompt: "m>")
    #expect(server.log.requests.last?.turns.suffix(2) == ["assistant:answer 3", "user:three"])
    await terminal.command("/load trip", shows: "'trip': 4 messages")
    let texts = home.ledger("select group_concat(text, '|') from messages")
    #expect(texts == ["one|answer 0|two|answer 1|other two|answer 2|other two|answer 3|three|answer 4"])
    let found = await terminal.command("/search answer 1", shows: "trip · mock/m · ")
    #expect(found.lines.contains("  answer 1"), "\(found.text)")
    #expect(String(decoding: found.bytes, as: UTF8.self).contains("\u{1B}[1manswer\u{1B}[0m \u{1B}[1m1\u{1B}[0m"))
  }

  @Test func `a question that is edited begins a branch of its own`() async throws {
    let server = try ScriptedChat.server { count, _ in ScriptedChat.answer("answer \(count)") }
    home.write("#!/bin/sh\necho changed >\"$1\"\n", to: "change")
    home.configure(port: server.port)
    let terminal = try home.atTerminal(
      "repl", "-m", "mock/m", environment: ["VISUAL": "sh \(home.path)/change", "TMPDIR": home.path])
    await terminal.untilPrompt("m>")
    await terminal.say("one", prompt: "m>")
    await terminal.say("two", prompt: "m>")
    await terminal.say("/edit 1", prompt: "m>")
    #expect(server.log.requests.last?.turns == ["user:changed"])
    await terminal.say("/edit", prompt: "m>")
    #expect(server.log.requests.last?.turns == ["user:changed", "assistant:answer 2", "user:changed"])
  }

  @Test func `an unknown command is refused with the near one, and never sent`() async throws {
    let server = try ScriptedChat.server { _, _ in ScriptedChat.answer("no") }
    let terminal = try await start(server)
    await terminal.command("/modle", shows: "Did you mean '/model'?")
    await terminal.say(" /etc/passwd is a file", prompt: "m>")
    #expect(server.log.requests.map(\.turns) == [["user:/etc/passwd is a file"]])
  }

  @Test func `several models are compared at once, and one is gone on with`() async throws {
    let server = try ScriptedChat.server { _, request in
      ScriptedChat.answer("I am \(request.json["model"]?.string ?? "")")
    }
    let terminal = try await start(
      server, extra: "aliases: { other: mock/second }")
    await terminal.say("who?", prompt: "m>")
    terminal.type("/compare mock/m other\r")
    await terminal.until { $0.text.contains("Go on with which? [1, 2, or") }
    #expect(terminal.screen.text.contains("== 2. mock/second =="))
    terminal.type("2\r")
    await terminal.untilPrompt("mock/second>".split(separator: "/").last.map(String.init) ?? "")
    await terminal.say("and?", prompt: "second>")
    #expect(server.log.requests.last?.turns == ["user:who?", "assistant:I am second", "user:and?"])
    #expect(home.ledger("select count(*) from operations") == ["4"])
    #expect(home.ledger("select count(*) from messages where role = 'assistant'") == ["4"])
  }

  @Test func `Ctrl-C stops a comparison, and keeps what had come of each answer`() async throws {
    let gate = ScriptedServer.Gate()
    let half = ScriptedChat.reply(ScriptedChat.events(ScriptedChat.delta("half a word")))
    let server = try #require(
      ScriptedServer([
        [.readRequest, .write(ScriptedChat.answer("first")), .close],
        [.readRequest, .write(ScriptedChat.answer("whole")), .close],
        [.readRequest, .write(half), .wait(gate), .close],
        [.readRequest, .write(ScriptedChat.answer("last")), .close],
      ]))
    let terminal = try await start(server, extra: "aliases: { other: mock/second }")
    await terminal.say("who?", prompt: "m>")
    terminal.type("/compare mock/m other\r")
    // An answer is shown while another is still under way.
    await terminal.until { $0.text.contains(". mock/") && $0.text.contains("whole") }
    terminal.type(Key.control("c"))
    let screen = await terminal.until {
      $0.text.contains("stopped; what had arrived is kept") && $0.currentLine == "m>"
    }
    #expect(screen.text.contains("half a word"), "\(screen.text)")
    #expect(!screen.text.contains("Go on with which?"))
    await terminal.say("and?", prompt: "m>")
    #expect(server.log.requests.last?.turns == ["user:who?", "assistant:first", "user:and?"])
    #expect(home.ledger("select group_concat(status) from operations").first?.contains("interrupted") == true)
    #expect(home.ledger("select count(*) from messages where text in ('whole', 'half a word')") == ["2"])
    gate.open()
  }

  @Test func `a full context is said before it is hit, and compacting makes room and can be undone`() async throws {
    let server = try ScriptedChat.server { _, request in
      let isSummary = request.turns.last?.contains("Summarise") == true
      return isSummary
        ? ScriptedChat.answer("SUMMARY")
        : ScriptedChat.reply(
          ScriptedChat.events(
            ScriptedChat.delta("ok"), ScriptedChat.stop,
            #"{"choices":[],"usage":{"prompt_tokens":960,"completion_tokens":20}}"#, "[DONE]"))
    }
    let terminal = try await start(server)
    await terminal.say("one", prompt: "m>")
    terminal.type("two\r")
    await terminal.until { $0.text.contains("takes 1,000") && $0.currentLine.hasSuffix("Enter to go back:") }
    terminal.type("s\r")
    await terminal.until { $0.text.contains("session") && $0.currentLine == "m>" }
    await terminal.command("/compact", shows: "/undo takes it back")
    #expect(server.log.requests.count == 3)
    await terminal.say("three", prompt: "m>")
    #expect(
      server.log.requests.last?.turns == [
        "user:A summary of our conversation so far:\n\nSUMMARY", "user:two", "assistant:ok", "user:three",
      ])
    await terminal.command("/undo", shows: "back to before: three")
    await terminal.command("/undo", shows: "what was left out is sent again")
    #expect(home.ledger("select count(*) from operations where origin = 'repl'") == ["4"])
  }

  @Test func `an attachment that a model cannot take is refused, with models that can`() async throws {
    home.write("%PDF-1.7", to: "book.pdf")
    let terminal = try home.atTerminal(
      "repl", "-m", "openai/gpt-3.5-turbo", environment: ["OPENAI_API_KEY": "k", "HOME": home.path], columns: 200)
    await terminal.untilPrompt("gpt-3.5-turbo>")
    let refused = await terminal.command("/attach ~/book.pdf", shows: "takes no PDF files. Models that do: openai/")
    #expect(refused.text.contains("attachment '~/book.pdf': openai/gpt-3.5-turbo takes no PDF files"))
    await terminal.command(
      "/attach \(home.path)/none.png", shows: "file '\(home.path)/none.png': no such file or directory")
    await terminal.command("/attach /bin/sh", shows: "file '/bin/sh': it is not UTF-8 text")
    #expect(!terminal.screen.text.contains("attached:"))
    #expect(home.ledger("select count(*) from operations") == ["0"])
  }

  @Test func `a text is sent along, and an answer that does not fit the schema is said to`() async throws {
    let server = try ScriptedChat.server { _, _ in ScriptedChat.answer("a text") }
    home.write("remember this", to: "notes.txt")
    let terminal = try await start(server)
    await terminal.command("/attach \(home.path)/notes.txt", shows: "attached:")
    await terminal.say("see", prompt: "m>")
    #expect(server.log.requests.last?.turns.first?.contains("remember this") == true)
    await terminal.command("/schema name, age int", shows: "must fit the schema")
    terminal.type("who?\r")
    await terminal.until { $0.text.contains("does not fit the schema") && $0.currentLine == "m>" }
  }

  @Test func `the last answer is piped, exported and deleted`() async throws {
    let server = try ScriptedChat.server { _, _ in ScriptedChat.answer("**bold** words") }
    let terminal = try await start(server)
    await terminal.say("hi", prompt: "m>")
    await terminal.command("/last | tr a-z A-Z", shows: "**BOLD** WORDS")
    await terminal.command("/export md \(home.path)/talk.md", shows: "written:")
    #expect(home.read("talk.md").contains("## mock/m\n\n**bold** words"))
    terminal.type("/delete\r")
    await terminal.until { $0.currentLine.hasPrefix("Delete") }
    terminal.type("y\r")
    await terminal.until { $0.text.contains("deleted; its calls stay") }
    #expect(home.ledger("select (select count(*) from messages), (select count(*) from operations)") == ["0|1"])
  }

  @Test func `nothing is kept while the log is off, and calls are still booked`() async throws {
    let server = try ScriptedChat.server { count, _ in ScriptedChat.answer("answer \(count)") }
    let terminal = try await start(server)
    await terminal.command("/log off", shows: "is not kept")
    await terminal.say("a secret", prompt: "m>")
    await terminal.say("go on", prompt: "m>")
    #expect(server.log.requests.last?.turns == ["user:a secret", "assistant:answer 0", "user:go on"])
    #expect(home.ledger("select (select count(*) from messages), (select count(*) from contents)") == ["0|0"])
    #expect(home.ledger("select count(*) from operations") == ["2"])
  }

  @Test func `a budget ends what may be spent`() async throws {
    let server = try ScriptedChat.server { _, _ in ScriptedChat.answer("dear") }
    let terminal = try await start(server)
    await terminal.command("/budget 0.0004", shows: "may cost")
    await terminal.say("hello", prompt: "m>")
    await terminal.command("again", shows: "the budget of $0.000400 is spent")
    #expect(home.ledger("select count(*) from attempts") == ["1"])
  }

  @Test func `text that comes while the window changes is laid out for the new one`() async throws {
    let gate = ScriptedServer.Gate()
    let words = (1...30).map { "word\($0)" }.joined(separator: " ")
    let server = try #require(
      ScriptedServer(
        .readRequest, .write(ScriptedChat.reply(ScriptedChat.events(ScriptedChat.delta(words + " ")))), .wait(gate),
        .write(ScriptedChat.events(ScriptedChat.delta(words), ScriptedChat.stop, "[DONE]")),
        .close))
    let terminal = try await start(server)
    terminal.type("go\r")
    await terminal.until { $0.text.replacing("\n", with: " ").contains("word29") }
    terminal.resize(columns: 40, rows: 24)
    gate.open()
    let screen = await terminal.until { $0.currentLine == "m>" }
    let late = screen.lines.filter { $0.contains("word") }.suffix(5)
    #expect(late.allSatisfy { !$0.hasSuffix("wor") && $0.count <= 40 }, "\(screen.text)")
  }
}

@Suite(.timeLimit(.minutes(2)))
struct AScript {
  @Test func `gets the answers alone on stdout, goes on after a failure, and ends with the first one's status`()
    async throws
  {
    let server = try ScriptedChat.server { count, _ in ScriptedChat.answer("answer \(count)") }
    let home = ProgramHome()
    home.configure(port: server.port)
    let script = "one\n/nosuch\n\"\"\"\ntwo\nlines\n\"\"\"\n\n/last\n"
    let result = await home.run("repl", "-m", "mock/m", stdin: script)
    #expect(result.ending == .exited(2))
    #expect(result.stdout == "answer 0\nanswer 1\nanswer 1\n")
    #expect(server.log.requests.last?.turns == ["user:one", "assistant:answer 0", "user:two\nlines"])
    #expect(!(result.stdout + result.stderr).contains("\u{1B}"))
  }

  @Test func `-c where no conversation was held says so`() async throws {
    let home = ProgramHome()
    let result = await home.run("repl", "-c", stdin: "hi\n")
    #expect(result.ending == .exited(4))
    #expect(result.stderr.contains("no conversation was held in this directory"))
  }
}
