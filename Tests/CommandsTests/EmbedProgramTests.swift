// `llmgw embed` as a script meets it: the real binary against a server.

import GatewayCore
import TestSupport
import Testing
import Wire

private func reply(_ body: String, status: String = "200 OK") -> String {
  "HTTP/1.1 \(status)\r\ncontent-type: application/json\r\ncontent-length: \(body.utf8.count)\r\n"
    + "connection: close\r\n\r\n\(body)"
}

private func vectors(_ lists: String..., tokens: Int) -> String {
  let data = lists.enumerated().map { #"{"object":"embedding","index":\#($0.offset),"embedding":\#($0.element)}"# }
  return reply(
    #"{"object":"list","model":"m","data":[\#(data.joined(separator: ","))],"#
      + #""usage":{"prompt_tokens":\#(tokens),"total_tokens":\#(tokens)}}"#)
}

struct Embedding {
  @Test func `each text has its vector, and the call is booked as what it is`() async throws {
    let answer = vectors("[0.5,-1]", "[1e-7,2]", tokens: 1000)
    let server = try #require(ScriptedServer(.readRequest, .write(answer), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run(
      "embed", "-m", "mock/m", "--dimensions", "2", "--project", "p", "one text", "another")
    #expect(result.ending == .exited(0))
    #expect(result.stdout == "[0.5,-1.0]\n[1e-07,2.0]\n")
    let sent = try JSON.parse(try #require(server.log.requests.first).body)
    #expect(sent["input"] == ["one text", "another"])
    #expect(sent["dimensions"] == 2)
    // 1000 x $2.50/M
    #expect(
      home.ledger("select o.kind, a.status, a.cost_pusd, a.input_tokens from operations o, attempts a") == [
        "embeddings|ok|2500000000|1000"
      ])
  }

  @Test func `one object tells everything about the call`() async throws {
    let answer = vectors("[1]", "[2]", tokens: 4)
    let server = try #require(ScriptedServer(.readRequest, .write(answer), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("embed", "-m", "mock/m", "--json", "a", "b")
    let json = try JSON.parse(result.stdout)
    #expect(
      json["vectors"]
        == .array([.array([.number(JSONNumber(text: "1.0"))]), .array([.number(JSONNumber(text: "2.0"))])]))
    #expect(json["dimensions"] == 1 && json["status"] == "ok" && json["error"] == .null)
    for key in ["ids", "model", "provider", "usage", "cost", "changes", "attempts"] { #expect(json[key] != nil) }
  }

  @Test func `each line of standard input has its vector, and an empty one an empty line`() async throws {
    let answer = vectors("[1]", "[2]", tokens: 4)
    let server = try #require(ScriptedServer(.readRequest, .write(answer), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("embed", "-m", "mock/m", "--lines", stdin: "a\n\nb\u{2028}c\r\n")
    #expect(result.stdout == "[1.0]\n\n[2.0]\n")
    let sent = try JSON.parse(try #require(server.log.requests.first).body)
    #expect(sent["input"] == ["a", "b\u{2028}c"])
    let objects = await home.run("embed", "-m", "mock/m", "--lines", "--json", stdin: "a\n\nb\n")
    let lines = try objects.stdout.split(separator: "\n").map { try JSON.parse(String($0)) }
    #expect(lines.map { $0["index"]?.int } == [1, 2, 3])
    #expect(lines.map { $0["vector"]?.array?.count } == [1, nil, 1])
    #expect(lines.allSatisfy { $0["id"]?.string != nil && $0["error"] == .null })
  }

  @Test func `many lines go out in several calls, and none after one that fails`() async throws {
    let first = vectors("[1]", tokens: 1)
    let failed = reply(#"{"error":{"message":"too long"}}"#, status: "400 Bad Request")
    func answer(_ reply: String) -> [ScriptedServer.Step] { [.readRequest, .write(reply), .close] }
    let server = try #require(ScriptedServer([answer(first), answer(failed)]))
    let home = ProgramHome()
    home.configure(port: server.port)
    let long = String(repeating: "word ", count: 40_000)  // two of them are more than one call may hold
    let result = await home.run("embed", "-m", "mock/m", "--lines", "--json", stdin: "\(long)\n\(long)\n\(long)\n")
    #expect(result.ending == .exited(2))
    let lines = try result.stdout.split(separator: "\n").map { try JSON.parse(String($0)) }
    #expect(lines.map { $0["index"]?.int } == [1, 2])
    #expect(lines.map { $0["vector"]?.array?.count } == [1, nil])
    #expect(lines.last?["error"]?["message"]?.string?.contains("too long") == true)
    #expect(home.ledger("select status from operations") == ["ok", "failed"])
    #expect(server.log.requests.count == 2)
  }

  @Test func `a dry run shows the request and sends nothing`() async throws {
    let home = ProgramHome()
    home.configure(port: 1)
    let result = await home.run("embed", "-m", "mock/m", "--dry-run", "a text")
    #expect(result.ending == .exited(0))
    #expect(result.stdout.contains("POST http://127.0.0.1:1/v1/embeddings"))
    #expect(!result.stdout.contains("output tokens"))
    #expect(home.ledger("select 1 from operations").first?.contains("unable to open") == true)
  }

  @Test func `binary is the floats and nothing else`() async throws {
    let server = try #require(ScriptedServer(.readRequest, .write(vectors("[1.5,-2]", tokens: 1)), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    _ = await onShell(
      "cd '\(home.path)' && env -i HOME='\(home.path)' XDG_DATA_HOME='\(home.path)/data' "
        + "LLMGW_CONFIG='\(home.path)/config.yaml' PATH=/usr/bin:/bin '\(RunningProgram.path)' "
        + "embed -m mock/m --binary text >out.f32")
    #expect(try readFile(home.path + "/out.f32", limit: 100) == [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0])
  }

  @Test(arguments: [
    (["embed", "text"], "", 2, "no model is named"), (["embed", "-m", "mock/m"], "", 2, "there is no text"),
    (["embed", "-m", "anthropic/m", "text"], "", 4, "it is not called for embeddings"),
    (["embed", "-m", "offline/echo", "text"], "", 2, "offline/echo: it is not called for embeddings"),
    (["embed", "-m", "mock/m", "--binary", "--json", "text"], "", 2, "do not go together"),
    (["embed", "-m", "mock/m", "--lines", "text"], "", 2, "'--lines' reads standard input"),
    (["embed", "-m", "mock/m", "-f", "/none", "text"], "", 1, "file '/none'"),
    (["embed", "-m", "mock/m", "--lines", "--binary"], "\n", 2, "line 1 is empty"),
    (["embed", "-m", "mock/m", "--lines"], "\u{0}", 2, "it is not text"),
  ])
  func `what cannot be is refused before anything is sent`(
    _ arguments: [String], _ stdin: String, _ code: Int32, _ message: String
  ) async throws {
    let home = ProgramHome()
    home.configure(port: 1)
    let result = await home.start(arguments, stdin: stdin).finish()
    #expect(result.ending == .exited(code), "\(result.stderr)")
    #expect(result.stderr.contains(message), "\(result.stderr)")
    #expect(result.stdout == "")
  }

  @Test(
    arguments: [
      (
        reply(#"{"error":{"message":"too long","code":"context_length_exceeded"}}"#, status: "400 Bad Request"), 2,
        "failed"
      ),
      (vectors("[1]", "[2]", tokens: 1), 6, "failed"), (reply("<html>"), 6, "failed"),
    ] as [(String, Int32, String)])
  func `an answer that is none is told and booked`(_ answer: String, _ code: Int32, _ status: String) async throws {
    let server = try #require(ScriptedServer(.readRequest, .write(answer), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("embed", "-m", "mock/m", "--retries", "0", "text")
    #expect(result.ending == .exited(code), "\(result.stderr)")
    #expect(home.ledger("select status from attempts") == [status])
  }
}
