// The program as a person or a script meets it: the real binary against a server that misbehaves as told.

import GatewayCore
import Glibc
import TestSupport
import Testing
import Wire

private func sse(_ events: String...) -> String { events.map { "data: \($0)\n\n" }.joined() }

private func delta(_ text: String) -> String {
  #"{"id":"c1","model":"m-2026","choices":[{"index":0,"delta":{"content":"\#(text)"},"finish_reason":null}]}"#
}
private func finish(_ reason: String) -> String {
  #"{"id":"c1","model":"m-2026","choices":[{"index":0,"delta":{},"finish_reason":"\#(reason)"}]}"#
}
private let usage =
  #"{"id":"c1","model":"m-2026","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":20,"total_tokens":1020}}"#

private func reply(_ body: String, status: String = "200 OK", type: String = "text/event-stream", headers: String = "")
  -> String
{
  "HTTP/1.1 \(status)\r\ncontent-type: \(type)\r\n\(headers)connection: close\r\n\r\n\(body)"
}

private func whole(_ reason: String = "stop") -> String {
  reply(sse(delta("Hello"), delta(" there"), finish(reason), usage, "[DONE]"))
}

private func errorBody(_ message: String, type: String) -> String {
  #"{"error":{"message":"\#(message)","type":"\#(type)","code":null}}"#
}

struct AnAnswer {
  @Test func `streams to stdout alone, with one line end, and is booked exactly`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .write(whole()), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "--project", "p1", "--tag", "team=a", "hi")
    #expect(result.ending == .exited(0))
    #expect(result.stdout == "Hello there\n")
    #expect(result.stderr == "")
    // 1000 x $2.50/M + 20 x $10/M = $0.0027
    #expect(
      home.ledger("select status, cost_pusd, cost_source, input_tokens, output_tokens from attempts") == [
        "ok|2700000000|computed|1000|20"
      ])
    let spend = await home.run("spend", "--by", "project", "--by", "tag:team", "--format", "csv")
    #expect(spend.stdout.contains("p1,a,1,1000,20"))
    #expect(spend.stdout.contains("0.0027"))
  }

  @Test func `follows the words with what is piped in, after an empty line`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .write(whole()), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "write a commit message", stdin: "diff --git\n+x\n\n")
    #expect(result.ending == .exited(0))
    let body = String(decoding: try #require(server.log.requests.first).body, as: UTF8.self)
    #expect(body.contains(#""write a commit message\n\ndiff --git\n+x""#), "\(body)")
  }

  @Test func `as JSON has every documented key and the exact cost`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .write(whole()), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "--json", "hi")
    for key in [
      "id", "status", "model", "provider", "text", "reasoning", "tool_calls", "media", "finish_reason", "usage", "cost",
      "timings", "attempts", "changes", "error", "input_tokens", "output_tokens", "cache_read_tokens",
      "cache_write_tokens", "reasoning_tokens", "usd", "source", "price_id", "first_byte_ms", "first_token_ms",
      "total_ms",
    ] { #expect(result.stdout.contains("\"\(key)\":"), "\(key)") }
    #expect(result.stdout.contains(#""usd": "0.0027""#))
    #expect(result.stdout.contains(#""text": "Hello there""#))
    #expect(result.stdout.contains(#""error": null"#))
  }

  @Test func `with an image keeps it where it is told to, and says so where it is not`() async throws {
    let image = "iVBORw0KGgoAAAAN"
    let body =
      #"{"choices":[{"index":0,"message":{"role":"assistant","content":"a cat","images":[{"type":"image_url","#
      + #""image_url":{"url":"data:image/png;base64,\#(image)"}}]},"finish_reason":"stop"}]}"#
    let answered: [ScriptedServer.Step] = [.readRequest, .write(reply(body, type: "application/json")), .close]
    let server = try #require(ScriptedServer([answered, answered, answered, answered]))
    let home = ProgramHome()
    home.configure(port: server.port)
    let kept = await home.run("chat", "-m", "mock/m", "--media", home.path + "/pictures", "hi")
    #expect(kept.stdout == "a cat\n")
    let path = kept.stderr.split(separator: "\n").last.map(String.init) ?? ""
    #expect(path.hasPrefix(home.path + "/pictures/") && path.hasSuffix("-1.png"))
    #expect(try readFile(path, limit: 100) == bytes(base64: image))
    let told = await home.run("chat", "-m", "mock/m", "hi")
    #expect(told.stderr.contains("holds 1 image(s) or sound(s). Keep them with --media FOLDER."))
    let json = await home.run("chat", "-m", "mock/m", "--json", "hi")
    #expect(json.stdout.contains(#""media_type": "image/png""#) && json.stdout.contains(#""data": "\#(image)""#))
    let refused = await home.run("chat", "-m", "mock/m", "--media", "/dev/null/x", "hi")
    #expect(refused.ending == .exited(1))
    #expect(refused.stdout == "a cat\n")
    #expect(refused.stderr.contains("media '/dev/null/x/"))
  }

  @Test func `without streaming is the same text`() async throws {
    let body =
      #"{"id":"c1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello there"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1000,"completion_tokens":20}}"#
    let server = try #require(
      ScriptedServer(.readRequest, .write(reply(body, type: "application/json")), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "--no-stream", "hi")
    #expect(result.stdout == "Hello there\n")
    #expect(home.ledger("select cost_pusd from attempts") == ["2700000000"])
  }

  @Test func `of a server that ignores streaming is read all the same`() async throws {
    let body =
      #"{"id":"c1","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}]}"#
    let server = try #require(
      ScriptedServer(.readRequest, .write(reply(body, type: "application/json")), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "hi")
    #expect(result.ending == .exited(0))
    #expect(result.stdout == "Hi\n")
    #expect(home.ledger("select usage_estimated, cost_source from attempts") == ["1|estimated"])
  }

  @Test func `that was cut by its limit says so and is a success unless told otherwise`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .write(whole("length")), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let lenient = await home.run("chat", "-m", "mock/m", "hi")
    #expect(lenient.ending == .exited(0))
    #expect(lenient.stderr.contains("length limit"))
    let strict = await home.run("chat", "-m", "mock/m", "--fail-on-length", "hi")
    #expect(strict.ending == .exited(9))
    #expect(home.ledger("select distinct status from operations") == ["truncated"])
  }
}

struct AFailure {
  @Test(arguments: [
    ("401 Unauthorized", "bad key", "invalid_api_key", Int32(3), "failed|401|authentication"),
    ("403 Forbidden", "not yours", "permission", 3, "failed|403|permission"),
    ("404 Not Found", "no such model", "not_found_error", 4, "failed|404|not_found"),
    ("400 Bad Request", "no such field", "invalid_request_error", 2, "failed|400|invalid_request"),
    ("429 Too Many Requests", "slow down", "rate_limit_error", 5, "failed|429|rate_limited"),
    ("500 Internal Server Error", "oh no", "server_error", 6, "failed|500|server"),
    ("503 Service Unavailable", "busy", "overloaded_error", 6, "failed|503|overloaded"),
  ])
  func `at the provider is one line, one documented status, one row`(
    _ status: String, _ message: String, _ type: String, _ code: Int32, _ row: String
  ) async throws {
    let body = reply(errorBody(message, type: type), status: status, type: "application/json")
    let server = try #require(ScriptedServer(.readRequest, .write(body), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "--retries", "0", "hi")
    #expect(result.ending == .exited(code))
    #expect(result.stdout == "")
    #expect(result.stderr.split(separator: "\n").count == 1, "\(result.stderr)")
    #expect(result.stderr.contains(message))
    #expect(home.ledger("select status, http_status, failure_kind from attempts") == [row])
  }

  @Test(arguments: ["<html><h1>Bad gateway</h1></html>", "", "{\"error\":", "{}", "[]", "null"])
  func `with any body is one clear line`(_ body: String) async throws {
    let text = reply(body, status: "502 Bad Gateway", type: "text/html")
    let server = try #require(ScriptedServer(.readRequest, .write(text), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "--retries", "0", "hi")
    #expect(result.ending == .exited(6))
    #expect(result.stderr.hasPrefix("llmgw: mock/m: 502"))
    #expect(result.stderr.split(separator: "\n").count == 1)
  }

  @Test func `that may pass is tried again, visibly, each time a row`() async throws {
    let busy = reply(
      errorBody("slow down", type: "rate_limit_error"), status: "429 Too Many Requests", type: "application/json",
      headers: "retry-after-ms: 1\r\n")
    let server = try #require(
      ScriptedServer([
        [.readRequest, .write(busy), .close], [.readRequest, .write(busy), .close],
        [.readRequest, .write(whole()), .close],
      ]))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "hi")
    #expect(result.ending == .exited(0))
    #expect(result.stdout == "Hello there\n")
    #expect(result.stderr.contains("(1/2)") && result.stderr.contains("(2/2)"))
    #expect(
      home.ledger("select number, cause, status from attempts order by number") == [
        "1|primary|failed", "2|retry|failed", "3|retry|ok",
      ])
    #expect(home.ledger("select status from operations") == ["ok"])
  }

  @Test func `of the network names the host and nothing else`() async throws {
    let home = ProgramHome()
    home.configure(port: 1)
    let result = await home.run("chat", "-m", "mock/m", "--retries", "0", "a secret prompt")
    #expect(result.ending == .exited(7))
    #expect(result.stderr.contains("127.0.0.1:1"))
    #expect(!result.stderr.contains("secret"))
    #expect(home.ledger("select status, failure_kind, cost_pusd from attempts") == ["failed|network|0"])
  }

  @Test func `to answer in time has its own status`() async throws {
    let gate = ScriptedServer.Gate()
    let server = try #require(ScriptedServer(.readRequest, .wait(gate), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "--timeout", "150ms", "hi")
    gate.open()
    #expect(result.ending == .exited(8))
    #expect(home.ledger("select status, failure_kind, cost_source from attempts") == ["failed|timeout|estimated"])
  }

  @Test func `in the middle of a stream keeps what had come`() async throws {
    let body = reply(sse(delta("Hello"), #"{"error":{"message":"it broke","type":"server_error"}}"#))
    let server = try #require(ScriptedServer(.readRequest, .write(body), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "hi")
    #expect(result.ending == .exited(6))
    #expect(result.stdout == "Hello\n")
    #expect(result.stderr.contains("it broke"))
    #expect(home.ledger("select status, cost_source from attempts") == ["failed|estimated"])
  }

  @Test(arguments: [
    ("data: {not json}\n\n", Int32(6), "failed|malformed"), ("data: 12\n\n", 6, "failed|malformed"),
  ])
  func `of the bytes keeps what had come`(_ bad: String, _ code: Int32, _ row: String) async throws {
    let server = try #require(ScriptedServer(.readRequest, .write(reply(sse(delta("Hello")) + bad)), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "hi")
    #expect(result.ending == .exited(code))
    #expect(result.stdout == "Hello\n")
    #expect(home.ledger("select status, failure_kind from attempts") == [row])
  }

  @Test func `to end properly is no success`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .write(reply(sse(delta("Hello")))), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "hi")
    #expect(result.ending == .exited(9))
    #expect(result.stdout == "Hello\n")
    #expect(home.ledger("select status, failure_kind, cost_source from attempts") == ["truncated|cut|estimated"])
  }

  @Test func `of the provider's filter has its own status`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .write(whole("content_filter")), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "hi")
    #expect(result.ending == .exited(10))
    #expect(home.ledger("select status from operations") == ["refused"])
  }

  @Test func `that echoes the key does not show it`() async throws {
    let body = reply(
      errorBody("Incorrect API key provided: sk-very-secret-key", type: "invalid_request_error"),
      status: "401 Unauthorized", type: "application/json")
    let server = try #require(ScriptedServer(.readRequest, .write(body), .close))
    let home = ProgramHome()
    home.write(
      "providers: {mock: {base_url: 'http://127.0.0.1:\(server.port)/v1', api_key: '${MOCK_KEY}'}}", to: "config.yaml")
    let result = await home.run("chat", "-m", "mock/m", "hi", environment: ["MOCK_KEY": "sk-very-secret-key"])
    #expect(result.ending == .exited(3))
    #expect(result.stderr.contains("[key]") && result.stderr.contains("MOCK_KEY"))
    #expect(!result.stderr.contains("sk-very-secret"))
    #expect(server.log.requests.first?.header("authorization") == "Bearer sk-very-secret-key")
    #expect(home.ledger("select count(*) from attempts where failure like '%sk-very%'") == ["0"])
  }
}

struct AnInterruption {
  @Test(arguments: [SIGINT, SIGTERM])
  func `by a signal books what had come and ends by that signal`(_ signal: Int32) async throws {
    let gate = ScriptedServer.Gate()
    let server = try #require(
      ScriptedServer(.readRequest, .write(reply(sse(delta("Hello")))), .wait(gate), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let program = home.start(["chat", "-m", "mock/m", "hi"])
    await program.untilStdout(has: "Hello")
    program.send(signal)
    let result = await program.finish()
    gate.open()
    #expect(result.ending == .signalled(signal))
    #expect(result.stdout == "Hello\n")
    #expect(home.ledger("select status from operations") == ["interrupted"])
    #expect(
      home.ledger("select status, cost_source, output_tokens > 0, cost_pusd > 0 from attempts") == [
        "interrupted|estimated|1|1"
      ])
    #expect(home.ledger("select text from contents where part = 'reply'") == ["Hello"])
  }

  @Test func `by a signal before the answer begins is booked as well`() async throws {
    let gate = ScriptedServer.Gate()
    let server = try #require(ScriptedServer(.readRequest, .wait(gate), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let program = home.start(["chat", "-m", "mock/m", "hi"])
    await server.until { !$0.requests.isEmpty }
    program.send(SIGINT)
    let result = await program.finish()
    gate.open()
    #expect(result.ending == .signalled(SIGINT))
    #expect(home.ledger("select status from attempts") == ["interrupted"])
  }

  @Test func `by a reader that has enough is quiet and booked`() async throws {
    let gate = ScriptedServer.Gate()
    let server = try #require(
      ScriptedServer(
        .readRequest, .write(reply(sse(delta("one\\n")))), .wait(gate), .write(sse(delta("two"))), .flood(1 << 20),
        .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let program = home.start(["chat", "-m", "mock/m", "hi"], enough: "one\n")
    await program.untilStdout(has: "one\n")
    gate.open()
    let result = await program.finish()
    #expect(result.ending == .exited(0))
    #expect(result.stderr == "")
    #expect(home.ledger("select status from operations") == ["interrupted"])
  }

  @Test func `by kill -9 leaves a row that the next run calls lost`() async throws {
    let gate = ScriptedServer.Gate()
    let server = try #require(
      ScriptedServer(.readRequest, .write(reply(sse(delta("Hello")))), .wait(gate), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let dying = home.start(["chat", "-m", "mock/m", "hi"])
    await dying.untilStdout(has: "Hello")
    let living = home.start(["chat", "-m", "mock/m", "hi"])
    await living.untilStdout(has: "Hello")
    dying.send(SIGKILL)
    #expect(await dying.finish().ending == .signalled(SIGKILL))
    _ = await home.run("spend", "--by", "status")
    #expect(
      home.ledger("select status, cost_source from attempts order by status") == ["lost|estimated", "open|"],
      "the living process keeps its row")
    living.send(SIGINT)
    _ = await living.finish()
    gate.open()
    #expect(home.ledger("select status from attempts order by status") == ["interrupted", "lost"])
  }
}

struct ALedger {
  @Test func `that cannot be written lets the answer through and says so loudly`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .write(whole()), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    home.write("not a directory", to: "data")
    let result = await home.run("chat", "-m", "mock/m", "hi")
    #expect(result.stdout == "Hello there\n")
    #expect(result.ending == .exited(13))
    #expect(result.stderr.contains("could not be booked"))
  }

  @Test func `that is no database lets the answer through`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .write(whole()), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    _ = system("mkdir -p '\(home.path)/data/llmgw' && head -c 8192 /dev/urandom > '\(home.ledgerPath)'")
    let result = await home.run("chat", "-m", "mock/m", "hi")
    #expect(result.stdout == "Hello there\n")
    #expect(result.ending == .exited(13))
  }

  @Test func `takes sixty-four processes at once, a row each`() async throws {
    let home = ProgramHome()
    let results = await withTaskGroup(of: ProgramResult.self) { group in
      for number in 0..<64 {
        group.addTask { await home.run("chat", "-m", "offline/echo", "call \(number)") }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.allSatisfy { $0.ending == .exited(0) && $0.stderr == "" })
    #expect(home.ledger("select count(*), count(distinct id) from operations where status = 'ok'") == ["64|64"])
    #expect(home.ledger("select count(*) from attempts where status = 'ok'") == ["64"])
  }

  @Test func `stores nothing of the contents when asked not to`() async throws {
    let home = ProgramHome()
    _ = await home.run("chat", "-m", "offline/echo", "--no-log", "a secret")
    #expect(home.ledger("select status from operations") == ["ok"])
    #expect(home.ledger("select count(*) from contents") == ["0"])
  }
}

struct ALimit {
  @Test(arguments: [([], 3), (["--max-cost", "1"], 1)])
  func `on the cost is not risked by asking again for what may have been made`(
    _ limit: [String], _ attempts: Int
  ) async throws {
    let server = try #require(ScriptedServer(.readRequest, .reset))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.start(["chat", "-m", "mock/m", "hi"] + limit).finish()
    #expect(result.ending == .exited(7))
    #expect(home.ledger("select count(*) from attempts") == ["\(attempts)"])
  }

  @Test func `on the cost shortens the answer and says so`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .write(whole()), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "--max-cost", "0.001", "--json", "hi")
    #expect(result.ending == .exited(0))
    #expect(result.stdout.contains(#""what": "clamped""#))
    let body = String(decoding: try #require(server.log.requests.first).body, as: UTF8.self)
    #expect(body.contains("\"max_"))
  }

  @Test(arguments: [("mock/m", "0.000001"), ("mock/unknown", "1")])
  func `that cannot hold refuses the call, which is booked`(_ model: String, _ limit: String) async throws {
    let home = ProgramHome()
    home.configure(port: 1)
    let result = await home.run("chat", "-m", model, "--max-cost", limit, "hi")
    #expect(result.ending == .exited(11))
    #expect(home.ledger("select status from operations") == ["rejected"])
    #expect(home.ledger("select count(*) from attempts") == ["0"])
  }
}

struct AMistake {
  @Test(arguments: [
    (["spned"], Int32(2), "Did you mean 'spend'?"),
    (["chat", "--modle", "x"], 2, "Did you mean '--model'?"),
    (["chat", "-m", "mock/x"], 2, "there is no prompt"),
    (["chat", "-m", "nosuch/model", "hi"], 4, "no provider offers it"),
    (["chat", "-m", "gpt-5.44", "hi"], 4, "Did you mean"),
    (["chat", "-m", "openai/gpt-5.4", "hi"], 3, "OPENAI_API_KEY"),
    (["chat", "-a", "/nonexistent.png", "hi"], 1, "no such file"),
    (["chat", "-a", "/etc/hostname", "hi"], 2, "not an image"),
    (["chat", "--schema", "./missing.json", "hi"], 2, "no such file"),
    (["chat", "--schema", "name strng", "hi"], 2, "'strng'"),
    (["spend", "--by", "modle"], 2, "Did you mean 'model'?"),
    (["logs", "show", "nosuch"], 1, "nosuch"),
  ])
  func `is answered with the way out`(_ arguments: [String], _ code: Int32, _ hint: String) async throws {
    let home = ProgramHome()
    home.configure(port: 1)
    let result = await home.start(arguments).finish()
    #expect(result.ending == .exited(code), "\(result.stderr)")
    #expect(result.stderr.contains(hint), "\(result.stderr)")
    #expect(result.stderr.hasPrefix("llmgw: "))
    #expect(result.stdout == "")
  }

  @Test func `in the config has its place`() async throws {
    let home = ProgramHome()
    home.write("defaults:\n  modle: x\n", to: "config.yaml")
    let result = await home.run("chat", "hi")
    #expect(result.ending == .exited(2))
    #expect(result.stderr.contains("config.yaml:2:3: unknown key 'modle' in defaults. Did you mean 'model'?"))
  }

  @Test func `of binary on stdin is refused before anything is paid`() async throws {
    let home = ProgramHome()
    let result = await home.run("chat", "-m", "offline/echo", stdin: "a\u{0}b")
    #expect(result.ending == .exited(2))
    #expect(result.stderr.contains("not UTF-8 text"))
  }

  @Test func `without a home is no crash`() async throws {
    let home = ProgramHome()
    let result = await home.run(
      "chat", "-m", "offline/echo", "hi", environment: ["HOME": "", "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": ""])
    #expect(result.stdout == "hi\n")
    #expect(result.ending == .exited(13))
  }

  @Test func `an answer that does not fit its schema has its own status`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .write(whole()), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "--schema", "name", "hi")
    #expect(result.ending == .exited(12))
    #expect(result.stdout == "Hello there\n")
  }
}

struct TheDefaultModel {
  @Test func `is the offline one when nothing is set, and the line says so`() async throws {
    let home = ProgramHome()
    let result = await home.run("hello")
    #expect(result.stdout == "hello\n")
    #expect(result.stderr.contains("offline/echo") && result.stderr.contains("-m"))
  }

  @Test func `is the one of the provider whose key is set`() async throws {
    let home = ProgramHome()
    let result = await home.run("chat", "--dry-run", "hi", environment: ["GROQ_API_KEY": "k-123456789"])
    #expect(result.stderr.contains("asking groq/"))
    #expect(result.stdout.contains("[key from GROQ_API_KEY]"))
    #expect(!result.stdout.contains("k-123456789"))
  }

  @Test func `is that of the config, the variable, the flag, the later ones first`() async throws {
    let home = ProgramHome()
    home.configure(port: 1, extra: "defaults: {model: mock/config}")
    let variable = ["LLMGW_MODEL": "mock/variable"]
    #expect(await home.run("chat", "--dry-run", "hi").stdout.contains("\"config\""))
    #expect(await home.run("chat", "--dry-run", "hi", environment: variable).stdout.contains("\"variable\""))
    #expect(
      await home.run("chat", "--dry-run", "-m", "mock/flag", "hi", environment: variable).stdout.contains("\"flag\""))
  }
}
