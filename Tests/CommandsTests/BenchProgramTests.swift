// `llmgw bench` as a program: what is sent, booked and told, and what is refused before anything is.

import TestSupport
import Testing
import Wire

private let answer: String = {
  let body = [
    #"{"id":"c1","model":"m-2026","choices":[{"index":0,"delta":{"content":"Hello"}}]}"#,
    #"{"id":"c1","model":"m-2026","choices":[{"index":0,"delta":{"content":" there"}}]}"#,
    #"{"id":"c1","model":"m-2026","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
    #"{"id":"c1","model":"m-2026","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":20}}"#, "[DONE]",
  ].map { "data: \($0)\n\n" }.joined()
  return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n\(body)"
}()

struct ABenchmark {
  private let home = ProgramHome()

  private func server() throws -> ScriptedServer {
    let server = try #require(ScriptedServer(.readRequest, .write(answer), .close))
    home.configure(port: server.port)
    return server
  }

  @Test func `measures each target, books its calls and keeps the run`() async throws {
    let server = try server()
    let result = await home.run("bench", "-m", "mock/m", "-n", "4", "--warm-up", "1", "--seed", "7", "--yes", "--json")
    #expect(result.ending == .exited(0), "\(result.stderr)")
    let json = try JSON.parse(Array(result.stdout.utf8))
    let target = try #require(json["targets"]?.array?.first)
    #expect(target["target"] == "mock/m" && target["good"] == 4 && target["warm_up"] == 1)
    #expect(json["seed"] == 7)
    for measure in ["ttft_ms", "e2e_ms", "response_ms"] {
      #expect(target[measure]?["p50"]?.number != nil, "\(measure)")
    }
    #expect(server.log.requests.count == 5)
    #expect(home.ledger("select count(*), sum(cost_pusd) from attempts") == ["5|13500000000"])
    let id = try #require(json["id"]?.string)
    #expect(await home.run("bench", "list").stdout.contains(id))
  }

  @Test func `asks for one server that stands in no config`() async throws {
    let server = try server()
    let result = await home.run(
      "bench", "--url", "http://127.0.0.1:\(server.port)/v1", "-m", "any", "-n", "2", "--yes", "--json")
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(server.log.requests.allSatisfy { $0.requestLine == "POST /v1/chat/completions HTTP/1.1" })
  }

  @Test func `shows what it would do, and sends nothing`() async throws {
    let server = try server()
    let result = await home.run("bench", "-m", "mock/m", "-n", "4", "--dry-run")
    #expect(result.ending == .exited(0))
    #expect(result.stdout.contains("mock/m") && result.stdout.contains("$"), "\(result.stdout)")
    #expect(server.log.requests.isEmpty)
  }

  @Test func `spends nothing that nobody has agreed to`() async throws {
    let server = try server()
    let result = await home.run("bench", "-m", "mock/m", "-n", "4", stdin: "")
    #expect(result.ending != .exited(0))
    #expect(result.stderr.contains("--yes"), "\(result.stderr)")
    #expect(server.log.requests.isEmpty)
  }

  @Test func `shows at a terminal how far it is, and on Ctrl-C gives what came until then`() async throws {
    let server = try server()
    let terminal = try home.atTerminal(
      "bench", "-m", "mock/m", "--rate", "50", "--duration", "1h", "--warm-up", "0", "--yes", columns: 120,
      rows: 60)
    await terminal.until { $0.text.contains("left") && $0.text.contains("p50 ttft") }
    terminal.type("\u{03}")
    let shown = await terminal.until { $0.history.contains("it was interrupted") }.history
    #expect(shown.contains("TTFT"), "\(shown)")
    #expect(await terminal.ending() == .signalled(2), "\(shown)")
    #expect(!terminal.screen.currentLine.contains("left"))
    let asked = server.log.requests.count
    let booked = home.ledger("select count(*) from operations where origin = 'bench'").first.flatMap { Int($0) } ?? 0
    // One may have been booked and not have got there.
    #expect(asked > 0 && booked >= asked, "\(booked) of \(asked)")
    #expect(await home.run("bench", "list").stdout.contains("mock/m"))
  }

  @Test func `stops before it could cost more than allowed`() async throws {
    let server = try server()
    let result = await home.run("bench", "-m", "mock/m", "-n", "50", "--max-cost", "0.012", "--yes")
    #expect(result.ending == .exited(11), "\(result.stderr)")
    #expect(server.log.requests.count < 10)
  }

  @Test(arguments: [
    (["--rate", "fast"], "is not a rate"), (["--rate", "5", "-c", "2"], "do not go together"),
    (["--slo", "ttft:500"], "ttft:500"), (["--slo", "speed:5ms"], "speed"), (["--duration", "5"], "is not a time"),
    (["--prompts", "/nowhere/prompts"], "/nowhere/prompts"), (["--prompts", "/dev/null"], "/dev/null"),
    (["--input-tokens", "many"], "is not a number of tokens"), (["--shared-prefix", "50%"], "--input-tokens"),
    (["-m", "mock/m", "-m", "nobody/has-this"], "nobody/has-this"), (["-m", "openai/gpt-4o"], "no key"),
    (["--rate", "400000", "--duration", "2s"], "this machine sends"), (["-n", "0"], "is not a number"),
    (["--from-ledger", "model=mock/m,since=7d"], "ledger"), (["--arrivals", "poisson"], "--rate"),
  ])
  func `says what is wrong before anything is sent`(_ flags: [String], _ hint: String) async throws {
    let server = try server()
    let result = await home.start(["bench", "-m", "mock/m", "--yes"] + flags).finish()
    #expect(result.ending != .exited(0))
    #expect(result.stderr.contains(hint), "\(result.stderr)")
    #expect(result.stderr.split(separator: "\n").count <= 3, "\(result.stderr)")
    #expect(server.log.requests.isEmpty && result.stdout.isEmpty)
  }
}
