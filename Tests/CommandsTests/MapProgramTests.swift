// `llmgw map` as a person or a script meets it: the real binary against a server that answers by what it is asked.

import Glibc
import Synchronization
import TestSupport
import Testing

/// The number behind `item ` in a request.
private func item(_ request: ScriptedServer.Request) -> Int {
  let body = String(decoding: request.body, as: UTF8.self)
  return body.firstRange(of: "item ").flatMap { Int(body[$0.upperBound...].prefix { $0.isNumber }) } ?? 0
}

private func http(_ body: String, status: String = "200 OK", headers: String = "") -> (text: String, isLast: Bool) {
  (
    "HTTP/1.1 \(status)\r\ncontent-type: application/json\r\n\(headers)content-length: \(body.utf8.count)\r\n\r\n\(body)",
    false
  )
}

private func answer(_ text: String) -> (text: String, isLast: Bool) {
  http(
    #"{"id":"c","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"\#(text)"},"#
      + #""finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":2,"total_tokens":12}}"#)
}

private func failure(_ status: String) -> (text: String, isLast: Bool) {
  http(#"{"error":{"message":"no","type":"x"}}"#, status: status, headers: "retry-after-ms: 1\r\n")
}

/// An answer whose stream ends without its end marker.
private let cut = (
  text: "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
    + "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"half\"}}]}\n\n", isLast: true
)

/// A server that answers `answer N` to `item N`.
private func plainServer() -> ScriptedServer? {
  ScriptedServer(.answer { answer("answer \(item($0))") })
}

private func lines(_ numbers: ClosedRange<Int>) -> String { numbers.map { "\($0)\n" }.joined() }
private func answers(_ numbers: ClosedRange<Int>) -> String { numbers.map { "answer \($0)\n" }.joined() }

struct AMap {
  @Test func `prints the answers in the order of the lines, whichever comes first`() async throws {
    let gate = ScriptedServer.Gate()
    let server = try #require(
      ScriptedServer(
        .answer { request in
          if item(request) == 1 { gate.pass() }
          if item(request) == 4 { gate.open() }
          return answer("answer \(item(request))")
        }))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("map", "-m", "mock/m", "-j", "4", "item {}", stdin: lines(1...20))
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(result.stdout == answers(1...20))
    // 20 x (10 x $2.50/M + 2 x $10/M)
    #expect(result.stderr.hasPrefix("llmgw: map: 20 ok, 0 failed, 200 tokens in, 40 out, $0.000900; session "))
    #expect(home.ledger("select count(*), count(distinct session) from operations where status = 'ok'") == ["20|1"])
    let session = home.ledger("select distinct session from operations").first ?? "none"
    #expect(result.stderr.contains(session))
  }

  @Test func `begins no more than a window of lines while one keeps the others waiting`() async throws {
    let gate = ScriptedServer.Gate()
    let server = try #require(
      ScriptedServer(
        .answer { request in
          if item(request) == 3 { gate.pass() }
          return answer("answer \(item(request))")
        }))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("map", "-m", "mock/m", "-j", "2", "--timeout", "4", "item {}", stdin: lines(1...100))
    gate.open()
    #expect(result.ending == .exited(8))
    #expect(result.stdout == answers(1...2) + "\n" + answers(4...100))
    let third = "(select ended_us from operations where status = 'failed')"
    #expect(home.ledger("select count(*) from operations where started_us < \(third)") == ["34"])
  }

  @Test func `of failures goes on and ends with the status of the first`() async throws {
    let server = try #require(
      ScriptedServer(
        .answer { request in
          switch item(request) {
          case 2: failure("404 Not Found")
          case 4: failure("500 Internal Server Error")
          default: answer(#"a\nb \#(item(request))"#)
          }
        }))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("map", "-m", "mock/m", "--retries", "0", "item {}", stdin: "1\n2\n\n4\n5")
    #expect(result.ending == .exited(4))
    #expect(result.stdout == "a\\nb 1\n\n\n\na\\nb 5\n")
    #expect(result.stderr.contains("llmgw: line 2: mock/m: 404 not_found: no"))
    #expect(result.stderr.contains("llmgw: line 4: mock/m: 500 server: no"))
    #expect(result.stderr.contains("2 ok, 2 failed"))
    #expect(home.ledger("select status, count(*) from attempts group by status") == ["failed|2", "ok|2"])
  }

  @Test func `of objects puts members into the prompt and prints objects`() async throws {
    let home = ProgramHome()
    let result = await home.run(
      "map", "-m", "offline/echo", "--jsonl", "{name} is {age}",
      stdin: "{\"name\":\"Ada\",\"age\":36.0}\n{\"name\":\"Bob\"}\n\nnope\n")
    #expect(result.ending == .exited(2))
    let printed = result.stdout.split(separator: "\n")
    #expect(printed.count == 3)
    #expect(
      printed.first?.hasPrefix(#"{"index":1,"input":{"name":"Ada","age":36.0},"status":"ok","text":"Ada is 36.0","#)
        == true)
    #expect(printed.first?.hasSuffix(#""error":null}"#) == true)
    #expect(printed.dropFirst().first?.contains(#""code":2,"kind":null,"message":"it has no member 'age'""#) == true)
    #expect(printed.last?.hasPrefix(#"{"index":4,"input":"nope","status":"rejected","text":null"#) == true)
    #expect(result.stderr.contains("llmgw: line 2: it has no member 'age'."))
    #expect(home.ledger("select count(*) from operations") == ["1"])
  }

  @Test func `asks a password manager for the key once`() async throws {
    let server = try #require(plainServer())
    let home = ProgramHome()
    home.write(
      """
      providers:
        mock:
          base_url: "http://127.0.0.1:\(server.port)/v1"
          api_key_command: "echo asked >>'\(home.path)/asked'; echo key-12345678"
      """, to: "config.yaml")
    let result = await home.run("map", "-m", "mock/m", "-j", "8", "item {}", stdin: lines(1...20))
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(server.log.requests.allSatisfy { $0.header("authorization") == "Bearer key-12345678" })
    #expect(home.read("asked") == "asked\n")
  }

  @Test func `of nothing is nothing`() async {
    let home = ProgramHome()
    for input in ["", "\n\n"] {
      let result = await home.run("map", "-m", "offline/echo", "x", stdin: input)
      #expect(result.ending == .exited(0))
      #expect(result.stdout == input)
      #expect(result.stderr.hasPrefix("llmgw: map: 0 ok, 0 failed"))
    }
  }

  @Test func `whose reader has enough is quiet`() async throws {
    let server = try #require(plainServer())
    let home = ProgramHome()
    home.configure(port: server.port)
    let program = home.start(
      ["map", "-m", "mock/m", "item {}"], stdin: lines(1...5_000), enough: "answer 1\n")
    let result = await program.finish()
    #expect(result.ending == .exited(0))
    #expect(result.stderr == "")
    #expect(server.log.requests.count < 5_000)
    #expect(home.ledger("select count(*) from operations where status = 'open'") == ["0"])
  }

  @Test(arguments: [
    (["x", "/usr/bin/env"], Int32(2), "it is not text"),
    (["x", "/nonexistent"], 1, "no such file"),
    (["x", "/"], 1, "is a directory"),
    (["x {name}", "in"], 2, "{name}"),
    (["--output", "/nonexistent/out", "x", "in"], 1, "no such file"),
    (["--output", "in", "x", "in"], 2, "it is the input"),
    (["--output", "/dev/null", "x", "in"], 2, "not a plain file"),
    (["--output", "old", "--resume", "x", "in"], 2, "no journal"),
    (["--max-cost", "1", "-m", "mock/unpriced", "x", "in"], 11, "price is not known"),
    (["-m", "openai/gpt-5.4", "--output", "old", "x", "in"], 3, "OPENAI_API_KEY"),
    (["--schema", "./missing.json", "x", "in"], 2, "no such file"),
    (["--resume", "x", "in"], 2, "needs '--output FILE'"),
    (["-m", "mock/m", "-m", "mock/n", "x", "in"], 2, "asks one model"),
  ])
  func `that cannot go well is refused before anything is asked`(
    _ arguments: [String], _ code: Int32, _ hint: String
  ) async throws {
    let home = ProgramHome()
    home.configure(port: 1)
    home.write("1\n", to: "in")
    home.write("precious\n", to: "old")
    let words = arguments.map { ["in", "old"].contains($0) ? "\(home.path)/\($0)" : $0 }
    let model = words.contains("-m") ? [] : ["-m", "mock/m"]
    let result = await home.start(["map"] + model + words).finish()
    #expect(result.ending == .exited(code), "\(result.stderr)")
    #expect(result.stderr.hasPrefix("llmgw: ") && result.stderr.contains(hint), "\(result.stderr)")
    #expect(result.stderr.split(separator: "\n").count == 1)
    #expect(result.stdout == "")
    #expect(home.read("old") == "precious\n")
    #expect(home.read("in") == "1\n")
  }

  @Test func `under a limit on the cost stops before it could be passed`() async throws {
    let server = try #require(plainServer())
    let home = ProgramHome()
    home.configure(port: server.port)
    let out = home.path + "/out"
    // 100 tokens of answer cost at most $0.001, the prompt some millionths more; each really costs $0.000045.
    let arguments = [
      "map", "-m", "mock/m", "-j", "8", "--retries", "0", "-o", "max_tokens=100", "--max-cost", "0.0015", "--output",
      out,
      "item {}",
    ]
    let first = await home.start(arguments, stdin: lines(1...60)).finish()
    #expect(first.ending == .exited(11), "\(first.stderr)")
    #expect(first.stderr.contains("--resume"))
    let done = home.read("out").split(separator: "\n").count
    #expect((5...59).contains(done))
    #expect(home.read("out") == answers(1...done))
    #expect(home.ledger("select sum(cost_pusd) <= 1500000000 from attempts") == ["1"])
    #expect(server.log.requests.count == done)

    let second = await home.start(arguments + ["--resume"], stdin: lines(1...60)).finish()
    #expect([.exited(0), .exited(11)].contains(second.ending))
    #expect(server.log.requests.count == home.read("out").split(separator: "\n").count, "nothing was asked twice")
  }
}

struct AMapIntoAFile {
  @Test func `survives SIGKILL: every line once, in order, each attempt booked`() async throws {
    let seen = Mutex<[Int: Int]>([:])
    // However slow the machine, the run is in its middle when it is killed.
    let gate = ScriptedServer.Gate()
    let server = try #require(
      ScriptedServer(
        .answer { request in
          let number = item(request)
          if number > 420 { gate.pass() }
          let time = seen.withLock { seen in
            seen[number, default: 0] += 1
            return seen[number, default: 0]
          }
          switch (number % 50, time) {
          case (7, 1): return failure("429 Too Many Requests")
          case (13, 1...3): return failure("500 Internal Server Error")
          case (29, 1): return cut
          default: return answer("answer \(number)")
          }
        }))
    let home = ProgramHome()
    home.configure(port: server.port)
    let out = home.path + "/out"
    let arguments = ["map", "-m", "mock/m", "-j", "8", "--output", out, "item {}"]
    let dying = home.start(arguments, stdin: lines(1...1_000))
    await server.until { $0.requests.count >= 400 }
    dying.send(SIGKILL)
    #expect(await dying.finish().ending == .signalled(SIGKILL))
    gate.open()
    // As if the machine had stopped in the middle of a line, of both files.
    await onShell("printf 'half a li' >>'\(out)'; printf '{\"index\":999,\"te' >>'\(out).llmgw-map'")

    let refused = await home.start(arguments, stdin: lines(1...1_000)).finish()
    #expect(refused.ending == .exited(2))
    #expect(refused.stderr.contains("--resume"))

    var ending = Ending.exited(1)
    for _ in 0..<4 where ending != .exited(0) {
      ending = await home.start(arguments + ["--resume"], stdin: lines(1...1_000)).finish().ending
    }
    #expect(ending == .exited(0))
    #expect(home.read("out") == answers(1...1_000))

    let sent = server.log.requests.count
    let booked = Int(home.ledger("select count(*) from attempts").first ?? "") ?? 0
    #expect((sent...sent + 8).contains(booked), "an attempt is booked before it leaves")
    #expect(home.ledger("select count(*) from attempts where status = 'open'") == ["0"])
    #expect(home.ledger("select count(distinct session) from operations") == ["1"])
    let ok = Int(home.ledger("select count(*) from operations where status = 'ok'").first ?? "") ?? 0
    #expect((1_000...1_008).contains(ok), "only what was under way when it was killed is asked again")

    let again = await home.start(arguments + ["--resume"], stdin: lines(1...1_000)).finish()
    #expect(again.ending == .exited(0))
    #expect(again.stderr.contains("0 ok, 1,000 from before, 0 failed"))
    #expect(server.log.requests.count == sent)
  }

  @Test func `ends by Ctrl-C with everything booked, and is gone on with`() async throws {
    let gate = ScriptedServer.Gate()
    let server = try #require(
      ScriptedServer(
        .answer { request in
          if item(request) == 3 { gate.pass() }
          return answer("answer \(item(request))")
        }))
    let home = ProgramHome()
    home.configure(port: server.port)
    let out = home.path + "/out"
    let arguments = ["map", "-m", "mock/m", "-j", "2", "--output", out, "item {}"]
    let program = home.start(arguments, stdin: lines(1...100))
    // The third answer does not come, and so no more than a window of the others.
    await server.until { $0.requests.count >= 34 }
    program.send(SIGINT)
    let result = await program.finish()
    gate.open()
    #expect(result.ending == .signalled(SIGINT))
    #expect(result.stderr.contains("stopped before line 3") && result.stderr.contains("--resume"), "\(result.stderr)")
    #expect(home.read("out") == answers(1...2))
    #expect(server.log.requests.count <= 36)
    #expect(home.ledger("select count(*) from operations where status in ('open', 'lost')") == ["0"])
    #expect(home.ledger("select count(*) > 0 from operations where status = 'interrupted'") == ["1"])

    let answered = home.ledger("select count(*) from operations where status = 'ok'").first ?? ""
    let resumed = await home.start(arguments + ["--resume"], stdin: lines(1...100)).finish()
    #expect(resumed.ending == .exited(0))
    #expect(home.read("out") == answers(1...100))
    #expect(resumed.stderr.contains("\(answered) from before"), "what had come out of turn is not asked again")
  }

  @Test func `that waits for its input ends by Ctrl-C at once`() async throws {
    let home = ProgramHome()
    let path = home.path + "/in"
    try #require(mkfifo(path, 0o600) == 0)
    let writer = open(path, O_RDWR | O_CLOEXEC)
    defer { close(writer) }
    #expect(write(writer, "one\n", 4) == 4)
    let program = home.start(["map", "-m", "offline/echo", "{}", path])
    await program.untilStdout(has: "one\n")
    program.send(SIGINT)
    let result = await program.finish()
    #expect(result.ending == .signalled(SIGINT))
    #expect(result.stderr.contains("stopped before line 2"))
  }

  @Test func `asks again for a line that has changed, and for nothing else`() async throws {
    let server = try #require(plainServer())
    let home = ProgramHome()
    home.configure(port: server.port)
    let arguments = ["map", "-m", "mock/m", "--output", home.path + "/out", "--resume"]
    _ = await home.start(arguments + ["item {}"], stdin: lines(1...3)).finish()
    let result = await home.start(arguments + ["item {}"], stdin: "1\n22\n3\n4\n").finish()
    #expect(result.ending == .exited(0))
    #expect(home.read("out") == "answer 1\nanswer 22\nanswer 3\nanswer 4\n")
    #expect(server.log.requests.count == 5)
    let other = await home.start(arguments + ["the item {}"], stdin: lines(1...3)).finish()
    #expect(other.ending == .exited(2))
    #expect(other.stderr.contains("another prompt"))
  }
}
