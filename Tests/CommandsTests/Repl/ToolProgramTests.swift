// Tools at the prompt: what runs, who is asked, and what stops them.

import GatewayCore
import Glibc
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(2)))
struct ToolsAtThePrompt {
  private let home = ProgramHome()
  private func start(_ tool: String, extra: String) async throws -> (ScriptedServer, PseudoTerminal) {
    let server = try ScriptedChat.server { count, _ in
      count == 0 ? ScriptedChat.call(of: tool) : ScriptedChat.answer("It is sunny.")
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

  private var eyes: String { "tools: { eyes: { mcp: \"python3 \(home.path)/server.py\" } }" }

  private func describeServer() {
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
  }

  private var weather: String { "tools: { sky: { file: \"\(home.path)/weather.json\" } }" }

  @Test func `a program runs when the person says so, and the model goes on with what it gave`() async throws {
    describe()
    let (server, terminal) = try await start("weather", extra: weather)
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
    let (server, terminal) = try await start("weather", extra: weather)
    await terminal.command("/tools sky", shows: "offered: weather")
    terminal.type("weather?\r")
    await terminal.until { $0.currentLine.hasPrefix("Run it?") }
    terminal.type("n\r")
    await terminal.until { $0.text.contains("It is sunny.") && $0.currentLine == "m>" }
    #expect(result(server) == "tool:The user did not allow this call.")
  }

  @Test func `Ctrl-C ends a tool, even one that is deaf to signals, and the model is told`() async throws {
    describe()
    home.write("trap '' TERM INT; echo deaf $$. >/dev/tty; sleep 1000 & wait; sleep 1000\n", to: "weather.sh")
    let (server, terminal) = try await start("weather", extra: weather)
    await terminal.command("/tools sky", shows: "offered: weather")
    terminal.type("weather?\r")
    await terminal.until { $0.currentLine.hasPrefix("Run it?") }
    terminal.type("y\r")
    let screen = await terminal.until { $0.text.contains(/deaf \d+\./) }
    terminal.type(Key.control("c"))
    await terminal.until { $0.text.contains("stopped") && $0.currentLine == "m>" }
    #expect(server.log.requests.count == 1)
    let process = try #require(screen.text.firstMatch(of: /deaf (\d+)\./).flatMap { pid_t($0.1) })
    #expect(kill(process, 0) == -1 && errno == ESRCH)
    await terminal.say("and now?", prompt: "m>")
    #expect(
      server.log.requests.last?.turns.suffix(2) == ["tool:The user stopped here.", "user:and now?"])
  }

  @Test func `a server that does not come up is said to be waited for, and Ctrl-C gives it up`() async throws {
    let (server, terminal) = try await start("eyes__look", extra: "tools: { eyes: { mcp: \"sleep 1000\" } }")
    terminal.type("/tools eyes\r")
    await terminal.until(shows: "starting the tool server 'eyes'; Ctrl-C gives it up")
    terminal.type(Key.control("c"))
    await terminal.until { $0.text.contains("tool server 'eyes': it was stopped") && $0.currentLine == "m>" }
    #expect(server.log.requests.isEmpty)
    #expect(home.ledger("select 1") == ["1"])
  }

  @Test func `a server outlives Ctrl-C during an answer`() async throws {
    describeServer()
    let gate = ScriptedServer.Gate()
    let server = try #require(
      ScriptedServer([
        [
          .readRequest, .write(ScriptedChat.reply(ScriptedChat.events(ScriptedChat.delta("Half an answer")))),
          .wait(gate),
          .close,
        ],
        [.readRequest, .write(ScriptedChat.call(of: "eyes__look")), .close],
        [.readRequest, .write(ScriptedChat.answer("It is sunny.")), .close],
      ]))
    home.configure(port: server.port, extra: eyes)
    let terminal = try home.atTerminal("repl", "-m", "mock/m")
    await terminal.untilPrompt("m>")
    await terminal.command("/tools eyes", shows: "offered: eyes__look")
    terminal.type("go\r")
    await terminal.until(shows: "Half an")
    terminal.type(Key.control("c"))
    await terminal.until { $0.text.contains("stopped; what had arrived is kept") && $0.currentLine == "m>" }
    terminal.type("weather?\r")
    await terminal.until { $0.currentLine.hasPrefix("Run it?") }
    terminal.type("y\r")
    await terminal.until { $0.text.contains("It is sunny.") && $0.currentLine == "m>" }
    #expect(result(server) == "tool:seen Lisbon")
    #expect(terminal.screen.history.ranges(of: "starting the tool server").count == 1)
    gate.open()
  }

  @Test func `calls that a killed process left open are closed before the next question`() async throws {
    describe()
    var (server, terminal) = try await start("weather", extra: weather)
    await terminal.command("/tools sky", shows: "offered: weather")
    terminal.type("weather?\r")
    await terminal.until { $0.currentLine.hasPrefix("Run it?") }
    terminal.send(SIGKILL)
    #expect(await terminal.ending() == .signalled(SIGKILL))
    terminal = try home.atTerminal("repl", "-c")
    await terminal.untilPrompt("m>")
    await terminal.say("and now?", prompt: "m>")
    #expect(
      server.log.requests.last?.turns.suffix(2) == ["tool:This call was not run.", "user:and now?"])
  }

  @Test func `a server of the Model Context Protocol is spoken with`() async throws {
    describeServer()
    let (server, terminal) = try await start("eyes__look", extra: eyes)
    await terminal.command("/tools eyes", shows: "offered: eyes__look")
    terminal.type("weather?\r")
    await terminal.until { $0.currentLine.hasPrefix("Run it?") }
    terminal.type("a\r")
    await terminal.until { $0.text.contains("It is sunny.") && $0.currentLine == "m>" }
    #expect(result(server) == "tool:seen Lisbon")
  }
}
