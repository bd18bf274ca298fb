// The server as a process of its own: from its start to its end, and what it must never say.

import Glibc
import TestSupport
import Testing
import Wire

/// A running `llmgw serve`.
private struct Server {
  let home: ProgramHome
  let program: RunningProgram
  let port: Int

  init(_ home: ProgramHome, _ flags: [String] = [], environment: [String: String] = [:]) async throws {
    self.home = home
    program = home.start(["serve", "--listen", "127.0.0.1:0"] + flags, environment: environment)
    await program.untilStderr(has: ";")
    let said = program.stderrSoFar
    let address = try #require(said.firstMatch(of: /http:\/\/127\.0\.0\.1:([0-9]+);/), "\(said)")
    port = try #require(Int(address.1))
  }

  func ask(_ path: String, _ body: String? = nil, headers: [String] = []) throws -> TestAnswer {
    let client = try #require(RawClient(port: port))
    let own = body.map { "Content-Type: application/json\r\nContent-Length: \($0.utf8.count)\r\n" } ?? ""
    client.send(
      "\(body == nil ? "GET" : "POST") \(path) HTTP/1.1\r\nHost: localhost\r\n\(own)"
        + headers.map { $0 + "\r\n" }.joined() + "\r\n\(body ?? "")")
    return try #require(client.answer())
  }

  func chat(_ model: String, headers: [String] = []) throws -> TestAnswer {
    try ask(
      "/v1/chat/completions", #"{"model":"\#(model)","messages":[{"role":"user","content":"hi"}]}"#, headers: headers)
  }

  /// Ends it gently: by the signal, in the end.
  func end() async -> ProgramResult {
    program.send(SIGTERM)
    return await program.finish()
  }
}

struct TheServeCommand {
  @Test func `answers, books and ends gently`() async throws {
    let server = try await Server(ProgramHome())
    let answer = try server.chat("offline/echo")
    #expect(answer.status == 200 && answer.body.contains("hi"), "\(answer)")
    #expect(try server.ask("/health/ready").status == 200)
    let unknown = try server.chat("opnai/gpt-4.1")
    #expect(unknown.status == 404 && unknown.body.contains("openai"), "\(unknown)")
    let result = await server.end()
    #expect(result.ending == .signalled(SIGTERM) && result.stderr.contains("llmgw: ending"), "\(result.stderr)")
    #expect(server.home.ledger("select count(*) from operations where status = 'ok'") == ["1"])
  }

  @Test func `listens for other machines only when there are keys`() async throws {
    let home = ProgramHome()
    let result = await home.run("serve", "--listen", "0.0.0.0:0")
    #expect(result.ending == .exited(2))
    #expect(result.stderr.contains("it listens on the loopback address only"), "\(result.stderr)")
  }

  @Test func `takes a changed config, and keeps the one before when that has a mistake`() async throws {
    let home = ProgramHome()
    home.write("aliases: { quick: offline/echo }", to: "config.yaml")
    let server = try await Server(home)
    #expect(try server.chat("quick").status == 200)
    home.write("aliases: { fast: offline/echo }", to: "config.yaml")
    #expect(await home.run("serve", "--reload").ending == .exited(0))
    await server.program.untilStderr(has: "the config was read anew")
    #expect(try server.chat("fast").status == 200)
    #expect(try server.chat("quick").status == 404)
    home.write("aliases: [", to: "config.yaml")
    #expect(await home.run("serve", "--reload").ending == .exited(2))
    server.program.send(SIGHUP)
    await server.program.untilStderr(has: "the config before stays in force")
    #expect(try server.chat("fast").status == 200)
    #expect(await server.end().ending == .signalled(SIGTERM))
  }

  @Test func `logs contents when it is told to, of a key that allows it`() async throws {
    let home = ProgramHome()
    let made = await home.run("access", "create", "--name", "a", "--log-contents")
    let key = try #require(made.stdout.split(separator: "\n").first)
    let server = try await Server(home, ["--log-contents"])
    #expect(try server.chat("offline/echo", headers: ["x-api-key: \(key)"]).status == 200)
    let log = await server.end().stderr
    #expect(log.contains("prompt=hi") && log.contains("reply="), "\(log)")
  }

  @Test func `lets no secret out: not in a log, an error, a figure, its books or the list of processes`() async throws {
    // A provider that repeats all it was sent in a failure.
    let provider = try #require(
      ScriptedServer(
        .answer { request in
          let told = request.headers.map { "\($0.name): \($0.value)" }.joined(separator: " ")
          let body = JSON.object(["error": ["message": .string(told)]]).text
          return (
            "HTTP/1.1 400 X\r\ncontent-type: application/json\r\nconnection: close\r\n"
              + "x-request-id: r1\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)", true
          )
        }))
    let home = ProgramHome()
    home.write("file-canary\n", to: "key")
    let base = "base_url: \"http://127.0.0.1:\(provider.port)/v1\""
    home.write(
      """
      providers:
        by-variable: { dialect: openai-chat, \(base), api_key: "${PROVIDER_KEY}" }
        by-file: { dialect: anthropic-messages, \(base), api_key_file: \(home.path)/key }
        by-command: { dialect: gemini, \(base), api_key_command: "echo command-canary" }
        by-header: { dialect: openai-chat, \(base), api_key: "${PROVIDER_KEY}", headers: { X-Own: header-canary } }
      server: { access_log: json, probe: [by-variable, by-file, by-header], keepalive: 1s }
      """, to: "config.yaml")
    let made = await home.run("access", "create", "--name", "a")
    let key = String(try #require(made.stdout.split(separator: "\n").first))
    let server = try await Server(
      home,
      environment: [
        "PROVIDER_KEY": "variable-canary", "OPENAI_API_KEY": "other-canary", "AWS_SECRET_ACCESS_KEY": "aws-canary",
        "HTTPS_PROXY_PASSWORD": "proxy-canary",
      ])
    let secrets = ["canary", key]
    for model in ["by-variable/m", "by-file/m", "by-command/m", "by-header/m", "nobody/m"] {
      for place in ["Authorization: Bearer \(key)", "x-api-key: \(key)", "x-goog-api-key: \(key)", "api-key: \(key)"] {
        let answer = try server.chat(model, headers: [place, "Cookie: cookie-canary", "X-Custom: custom-canary"])
        #expect(answer.status >= 400 && !secrets.contains { "\(answer)".contains($0) }, "\(model): \(answer)")
      }
    }
    let wrong = try server.chat("by-variable/m", headers: ["Authorization: Bearer wrong-canary"])
    #expect(wrong.status == 401 && !"\(wrong)".contains("canary"))
    for path in ["/health/ready?key=\(key)", "/metrics?key=\(key)", "/v1/models?key=\(key)", "/v1/nothing?key=\(key)"] {
      let answer = try server.ask(path)
      #expect(!secrets.contains { "\(answer)".contains($0) }, "\(path): \(answer)")
    }
    let line = output(of: "tr '\\0' ' ' </proc/\(server.program.process)/cmdline")
    #expect(line.contains("serve") && !secrets.contains { line.contains($0) })
    let result = await server.end()
    #expect(result.stderr.contains("by-variable") && !secrets.contains { result.stderr.contains($0) })
    #expect(result.stdout.isEmpty)
    #expect(home.ledger("select count(*) from attempts").first.flatMap { Int($0) } ?? 0 >= 12)
    for secret in secrets {
      #expect(output(of: "grep -rlF -- '\(secret)' '\(home.path)/data' || true").isEmpty, "\(secret.prefix(8))")
    }
  }
}
