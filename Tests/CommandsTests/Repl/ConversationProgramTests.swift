// Conversations at the prompt and from the shell: what is asked of providers, what is kept, what stops what.

import GatewayCore
import Glibc
import Synchronization
import TestSupport
import Testing
import Wire

private func reply(_ body: String, type: String = "text/event-stream") -> String {
  "HTTP/1.1 200 OK\r\ncontent-type: \(type)\r\nconnection: close\r\n\r\n\(body)"
}

private func sse(_ events: String...) -> String { events.map { "data: \($0)\n\n" }.joined() }

private func delta(_ text: String) -> String { #"{"choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"# }

private let stop = #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#
private let usage = #"{"choices":[],"usage":{"prompt_tokens":100,"completion_tokens":20}}"#

private func chatReply(_ text: String) -> String { reply(sse(delta(text), stop, usage, "[DONE]")) }

extension ScriptedServer.Request {
  fileprivate var json: JSON { (try? JSON.parse(body)) ?? .null }

  /// `role:text` of each message of a chat completion.
  fileprivate var turns: [String] {
    json["messages"]?.array?.map { message in
      let parts = message["content"]?.array?.compactMap { $0["text"]?.string }.joined(separator: "+")
      return "\(message["role"]?.string ?? "?"):\(message["content"]?.string ?? parts ?? "")"
    } ?? []
  }
}

/// Answers each connection with `answer`, which is told how many came before.
private func server(_ answer: @escaping @Sendable (Int, ScriptedServer.Request) -> String) throws -> ScriptedServer {
  let count = Counter()
  return try #require(ScriptedServer(.answer { (answer(count.next(), $0), true) }))
}

private final class Counter: Sendable {
  private let value = Mutex(0)
  func next() -> Int {
    value.withLock { value in
      value += 1
      return value - 1
    }
  }
}

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
    let server = try server { count, _ in chatReply("answer \(count)") }
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
        .readRequest, .write(reply(sse(delta("The first words"), delta(" and more")))), .wait(gate), .close))
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
        [.readRequest, .write(reply(sse(delta("Half an"), delta(" answer")))), .wait(gate), .close],
        [.readRequest, .write(chatReply("whole")), .close],
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
    let server = try server { count, _ in
      count == 0
        ? "HTTP/1.1 401 No\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}" : chatReply("better")
    }
    let terminal = try await start(server)
    terminal.type("hello\r")
    await terminal.until { $0.text.contains("401 authentication") && $0.currentLine == "m>" }
    await terminal.say("/retry", prompt: "m>")
    #expect(server.log.requests.last?.turns == ["user:hello"])
    #expect(terminal.screen.text.contains("better"))
  }

  @Test func `undo, retry, edit and fork leave the other branch where it was`() async throws {
    let server = try server { count, _ in chatReply("answer \(count)") }
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
    let server = try server { count, _ in chatReply("answer \(count)") }
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
    let server = try server { _, _ in chatReply("no") }
    let terminal = try await start(server)
    await terminal.command("/modle", shows: "Did you mean '/model'?")
    await terminal.say(" /etc/passwd is a file", prompt: "m>")
    #expect(server.log.requests.map(\.turns) == [["user:/etc/passwd is a file"]])
  }

  @Test func `several models are compared at once, and one is gone on with`() async throws {
    let server = try server { _, request in chatReply("I am \(request.json["model"]?.string ?? "")") }
    let terminal = try await start(
      server, extra: "aliases: { other: mock/second }")
    await terminal.say("who?", prompt: "m>")
    terminal.type("/compare mock/m other\r")
    await terminal.until { $0.text.contains("Go on with which? [1-2") }
    #expect(terminal.screen.text.contains("== 2. mock/second =="))
    terminal.type("2\r")
    await terminal.untilPrompt("mock/second>".split(separator: "/").last.map(String.init) ?? "")
    await terminal.say("and?", prompt: "second>")
    #expect(server.log.requests.last?.turns == ["user:who?", "assistant:I am second", "user:and?"])
    #expect(home.ledger("select count(*) from operations") == ["4"])
    #expect(home.ledger("select count(*) from messages where role = 'assistant'") == ["4"])
  }

  @Test func `a full context is said before it is hit, and compacting makes room and can be undone`() async throws {
    let server = try server { _, request in
      let isSummary = request.turns.last?.contains("Summarise") == true
      return isSummary
        ? chatReply("SUMMARY")
        : reply(
          sse(
            delta("ok"), stop,
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

  @Test func `what a model cannot take is refused before it is sent`() async throws {
    let server = try server { _, _ in chatReply("a text") }
    home.write("remember this", to: "notes.txt")
    let terminal = try await start(server)
    await terminal.command("/attach \(home.path)/none.png", shows: "no such file")
    await terminal.command("/attach \(home.path)/notes.txt", shows: "attached:")
    await terminal.say("see", prompt: "m>")
    #expect(server.log.requests.last?.turns.first?.contains("remember this") == true)
    await terminal.command("/schema name, age int", shows: "must fit the schema")
    terminal.type("who?\r")
    await terminal.until { $0.text.contains("does not fit the schema") && $0.currentLine == "m>" }
  }

  @Test func `the last answer is piped, exported and deleted`() async throws {
    let server = try server { _, _ in chatReply("**bold** words") }
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
    let server = try server { count, _ in chatReply("answer \(count)") }
    let terminal = try await start(server)
    await terminal.command("/log off", shows: "is not kept")
    await terminal.say("a secret", prompt: "m>")
    await terminal.say("go on", prompt: "m>")
    #expect(server.log.requests.last?.turns == ["user:a secret", "assistant:answer 0", "user:go on"])
    #expect(home.ledger("select (select count(*) from messages), (select count(*) from contents)") == ["0|0"])
    #expect(home.ledger("select count(*) from operations") == ["2"])
  }

  @Test func `a budget ends what may be spent`() async throws {
    let server = try server { _, _ in chatReply("dear") }
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
        .readRequest, .write(reply(sse(delta(words + " ")))), .wait(gate), .write(sse(delta(words), stop, "[DONE]")),
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
    let server = try server { count, _ in chatReply("answer \(count)") }
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

@Suite(.timeLimit(.minutes(2)))
struct ToolsAtThePrompt {
  private let home = ProgramHome()
  private static let call =
    #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","function":{"name":"NAME","arguments":"{\"city\":\"Lisbon\"}"}}]}}]}"#
  private static let calls = #"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#

  private func start(_ tool: String, extra: String) async throws -> (ScriptedServer, PseudoTerminal) {
    let call = Self.call.replacing("NAME", with: tool)
    let server = try server { count, _ in
      count == 0 ? reply(sse(call, Self.calls, "[DONE]")) : chatReply("It is sunny.")
    }
    home.configure(port: server.port, extra: extra)
    let terminal = try home.atTerminal("repl", "-m", "mock/m")
    await terminal.untilPrompt("m>")
    return (server, terminal)
  }

  private func result(_ server: ScriptedServer) -> String? {
    server.log.requests.last?.turns.last { $0.hasPrefix("tool:") }
  }

  private func describe() {
    home.write("#!/bin/sh\necho \"asked: $(cat)\"\necho oops >&2\n", to: "weather.sh")
    home.write(
      #"{"name":"weather","description":"Looks out","parameters":{"type":"object"},"command":["sh","./weather.sh"]}"#,
      to: "weather.json")
  }

  @Test func `a program runs when the person says so, and the model goes on with what it gave`() async throws {
    describe()
    let (server, terminal) = try await start(
      "weather", extra: "tools: { sky: { file: \"\(home.path)/weather.json\" } }")
    await terminal.command("/tools all", shows: "offered: weather")
    terminal.type("weather?\r")
    await terminal.until { $0.text.contains(#"tool weather {"city":"Lisbon"}"#) && $0.currentLine.hasPrefix("Run it?") }
    #expect(server.log.requests.count == 1)
    terminal.type("y\r")
    await terminal.until { $0.text.contains("It is sunny.") && $0.currentLine == "m>" }
    #expect(result(server)?.contains(#"asked: {"city":"Lisbon"}"#) == true, "\(server.log.requests.last?.turns ?? [])")
    #expect(server.log.requests.first?.json["tools"]?.array?.count == 1)
    #expect(home.ledger("select group_concat(role) from messages") == ["user,assistant,tool,assistant"])
  }

  @Test func `a call that is declined is told to the model and nothing runs`() async throws {
    describe()
    let (server, terminal) = try await start(
      "weather", extra: "tools: { sky: { file: \"\(home.path)/weather.json\" } }")
    await terminal.command("/tools sky", shows: "offered: weather")
    terminal.type("weather?\r")
    await terminal.until { $0.currentLine.hasPrefix("Run it?") }
    terminal.type("n\r")
    await terminal.until { $0.text.contains("It is sunny.") && $0.currentLine == "m>" }
    #expect(result(server) == "tool:The user did not allow this call.")
  }

  @Test func `a server of the Model Context Protocol is spoken with`() async throws {
    home.write(
      """
      #!/usr/bin/env python3
      import json, sys
      for line in sys.stdin:
          m = json.loads(line)
          if "id" not in m: continue
          method = m["method"]
          if method == "initialize": r = {"protocolVersion": "2025-06-18", "capabilities": {}, "serverInfo": {}}
          elif method == "tools/list":
              r = {"tools": [{"name": "look", "description": "Looks", "inputSchema": {"type": "object"}}]}
          else:
              print(json.dumps({"jsonrpc": "2.0", "id": 99, "method": "ping"}), flush=True)
              sys.stdin.readline()
              r = {"content": [{"type": "text", "text": "seen " + m["params"]["arguments"]["city"]}]}
          print(json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": r}), flush=True)
      """, to: "server.py")
    let (server, terminal) = try await start(
      "eyes__look", extra: "tools: { eyes: { mcp: \"python3 \(home.path)/server.py\" } }")
    await terminal.command("/tools eyes", shows: "offered: eyes__look")
    terminal.type("weather?\r")
    await terminal.until { $0.currentLine.hasPrefix("Run it?") }
    terminal.type("a\r")
    await terminal.until { $0.text.contains("It is sunny.") && $0.currentLine == "m>" }
    #expect(result(server) == "tool:seen Lisbon")
  }
}
