// Where an answer goes: a terminal, a pipe, a file, the clipboard; and several answers.

import Glibc
import TestSupport
import Testing

@testable import Commands

private func answer(_ text: String, reason: String = "stop") -> String {
  let escaped = text.replacing("\n", with: "\\n").replacing("\"", with: "\\\"")
  return """
    HTTP/1.1 200 OK\r
    content-type: text/event-stream\r
    connection: close\r
    \r
    data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{"content":"\(escaped)"}}]}

    data: {"id":"c1","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"\(reason)"}]}

    data: {"id":"c1","model":"m","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":20}}

    data: [DONE]


    """
}

private func home(answering texts: String...) throws -> (ProgramHome, ScriptedServer) {
  let server = try #require(ScriptedServer(texts.map { [.readRequest, .write(answer($0)), .close] }))
  let home = ProgramHome()
  home.configure(port: server.port)
  return (home, server)
}

extension ProgramHome {
  /// Runs the program with a terminal for both outputs, and gives what stands on the screen.
  fileprivate func onTerminal(_ arguments: String, environment: String = "TERM=xterm") async -> String {
    await onShell(
      "cd '\(path)' && env -i HOME='\(path)' XDG_DATA_HOME='\(path)/data' LLMGW_CONFIG='\(path)/config.yaml' "
        + "PATH=/usr/bin:/bin \(environment) script -qec \"'\(RunningProgram.path)' \(arguments)\" screen "
        + "</dev/null >/dev/null 2>&1")
    // `script` writes a line of its own at either end.
    let all = read("screen").replacing("\r\n", with: "\n")
    let text = all.drop { $0 != "\n" }.dropFirst()
    return text.firstRange(of: "\nScript done").map { String(text[..<$0.lowerBound]) } ?? String(text)
  }
}

struct AnAnswerOnATerminal {
  @Test func `is rendered, and a dim line sums it up`() async throws {
    let (home, server) = try home(answering: "# Hi\n\n**bold** `code`")
    let screen = await home.onTerminal("chat -m mock/m hi")
    #expect(screen.hasPrefix("\u{1B}[0;1;4mHi\u{1B}[0m\n\n\u{1B}[0;1mbold\u{1B}[0m \u{1B}[0;36mcode\u{1B}[0m\n"))
    #expect(screen.contains("\u{1B}[2mmock/m · 1,000 in · 20 out · $0.00270 · first token "))
    withExtendedLifetime(server) {}
  }

  @Test(arguments: ["NO_COLOR=1 TERM=xterm", "TERM=dumb"])
  func `without colour has no control sequence, and its marks stay`(_ environment: String) async throws {
    let (home, server) = try home(answering: "- **bold**")
    let screen = await home.onTerminal("chat -m mock/m hi", environment: environment)
    #expect(screen.hasPrefix("• **bold**\nmock/m · "), "\(screen)")
    #expect(!screen.contains("\u{1B}"))
    withExtendedLifetime(server) {}
  }

  @Test func `is as it came when asked so, but for what steers the terminal`() async throws {
    let (home, server) = try home(answering: "# Hi\\u001b[31m **bold**")
    let screen = await home.onTerminal("chat -m mock/m --render never -q hi")
    #expect(screen == "# Hi[31m **bold**\n")
    withExtendedLifetime(server) {}
  }

  @Test func `that must be JSON is not rendered`() async throws {
    let (home, server) = try home(answering: "{\"name\": \"*x*\"}")
    let screen = await home.onTerminal("chat -m mock/m -q --schema name hi")
    #expect(screen == "{\"name\": \"*x*\"}\n")
    withExtendedLifetime(server) {}
  }

  @Test func `is copied by the terminal where there is no desktop`() async throws {
    let (home, server) = try home(answering: "text\n```\ncode\n```")
    let screen = await home.onTerminal("chat -m mock/m -q -x --copy hi")
    #expect(screen == "code\n\u{1B}]52;c;Y29kZQo=\u{7}")
    withExtendedLifetime(server) {}
  }
}

struct AnAnswerInAPipe {
  @Test func `is the bytes of the model, and nothing is said beside it`() async throws {
    let (home, server) = try home(answering: "# Hi\n**bold**\\u001b[1m")
    let result = await home.run("chat", "-m", "mock/m", "hi")
    #expect(result.stdout == "# Hi\n**bold**\u{1B}[1m\n")
    #expect(result.stderr == "")
    withExtendedLifetime(server) {}
  }

  @Test func `is rendered when asked so`() async throws {
    let (home, server) = try home(answering: "# Hi", "# Hi")
    let styled = await home.run("chat", "-m", "mock/m", "--render", "always", "hi", environment: ["TERM": "xterm"])
    #expect(styled.stdout == "\u{1B}[0;1;4mHi\u{1B}[0m\n")
    let plain = await home.run("chat", "-m", "mock/m", "--render", "always", "hi", environment: ["NO_COLOR": "1"])
    #expect(plain.stdout == "# Hi\n")
    withExtendedLifetime(server) {}
  }
}

struct TheCodeOfAnAnswer {
  @Test func `is printed alone`() async throws {
    let (home, server) = try home(
      answering: "Try:\n```sh\nls\n```\nor\n```sh\npwd\n```", "Try:\n```\nls\n```\n```\npwd\n```")
    #expect(await home.run("chat", "-m", "mock/m", "-x", "hi").stdout == "ls\n")
    #expect(await home.run("chat", "-m", "mock/m", "--extract-last", "hi").stdout == "pwd\n")
    withExtendedLifetime(server) {}
  }

  @Test func `that is not there is a failure that says where the answer is`() async throws {
    let (home, server) = try home(answering: "no code here")
    let result = await home.run("chat", "-m", "mock/m", "-x", "hi")
    #expect(result.ending == .exited(1))
    #expect(result.stdout == "")
    #expect(
      result.stderr.hasPrefix("llmgw: mock/m: no complete fenced code block in the answer. Read it with llmgw logs"))
    #expect(home.ledger("select status from operations") == ["ok"])
    withExtendedLifetime(server) {}
  }

  @Test func `is not printed when the answer broke off`() async throws {
    let broken = answer("```\nrm -rf build\n```").replacing("data: [DONE]\n\n", with: "")
      .replacing(#""finish_reason":"stop""#, with: #""finish_reason":null"#)
    let server = try #require(ScriptedServer(.readRequest, .write(broken), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "-x", "hi")
    #expect(result.ending == .exited(9))
    #expect(result.stdout == "")
  }
}

struct AnOutputFile {
  @Test func `has the answer, and standard output nothing`() async throws {
    let (home, server) = try home(answering: "**Hello**")
    home.write("old and longer than the new one", to: "out.md")
    _ = system("chmod 640 '\(home.path)/out.md'")
    let result = await home.run("chat", "-m", "mock/m", "--output", home.path + "/out.md", "hi")
    #expect(result.ending == .exited(0))
    #expect(result.stdout == "")
    #expect(home.read("out.md") == "**Hello**\n")
    var status = stat()
    stat(home.path + "/out.md", &status)
    #expect(status.st_mode & 0o777 == 0o640)
    withExtendedLifetime(server) {}
  }

  @Test func `that is new follows the umask`() async throws {
    let (home, server) = try home(answering: "Hello")
    await onShell(
      "umask 027; LLMGW_CONFIG='\(home.path)/config.yaml' XDG_DATA_HOME='\(home.path)/data' "
        + "'\(RunningProgram.path)' chat -m mock/m --output '\(home.path)/new' hi </dev/null")
    var status = stat()
    stat(home.path + "/new", &status)
    #expect(status.st_mode & 0o777 == 0o640)
    withExtendedLifetime(server) {}
  }

  @Test func `keeps what it had when the answer fails, and leaves nothing beside it`() async throws {
    let home = ProgramHome()
    home.configure(port: 1)
    home.write("old", to: "out.md")
    let result = await home.run(
      "chat", "-m", "mock/m", "--retries", "0", "--output", home.path + "/out.md", "hi")
    #expect(result.ending == .exited(7))
    #expect(home.read("out.md") == "old")
    #expect(system("test -z \"$(ls -A '\(home.path)' | grep 'out.md.')\"") == 0)
  }

  @Test func `may be a link, a device or a pipe`() async throws {
    let (home, server) = try home(answering: "one", "two", "three")
    _ = system("cd '\(home.path)' && echo old > real && ln -s real link")
    _ = await home.run("chat", "-m", "mock/m", "--output", home.path + "/link", "hi")
    #expect(home.read("real") == "one\n")
    #expect(system("test -L '\(home.path)/link'") == 0)
    #expect(await home.run("chat", "-m", "mock/m", "--output", "/dev/stdout", "hi").stdout == "two\n")
    #expect(await home.run("chat", "-m", "mock/m", "--output", "-", "hi").stdout == "three\n")
    withExtendedLifetime(server) {}
  }

  @Test(arguments: [
    ("/nonexistent/x", "no such file"), ("/tmp", "it is a directory"), ("/tmp/", "it is a directory"),
    ("", "it is a directory"), ("/dev/full", "no space left"),
  ])
  func `that cannot be written says why`(_ path: String, _ hint: String) async throws {
    let home = ProgramHome()
    let result = await home.run("chat", "-m", "offline/echo", "--output", path, "hi")
    #expect(result.ending == .exited(1))
    #expect(result.stderr.hasPrefix("llmgw: output '\(path)': "), "\(result.stderr)")
    #expect(result.stderr.contains(hint), "\(result.stderr)")
  }

  @Test func `of JSON has the object, also of a failure`() async throws {
    let home = ProgramHome()
    home.configure(port: 1)
    let result = await home.run(
      "chat", "-m", "mock/m", "--retries", "0", "--json", "--output", home.path + "/o.json", "hi")
    #expect(result.ending == .exited(7))
    #expect(home.read("o.json").contains("\"code\": 7"))
  }
}

struct SeveralModels {
  @Test func `answer one after another, each booked, and a table compares them`() async throws {
    let (home, server) = try home(answering: "first", "second")
    let result = await home.run("chat", "-m", "mock/m", "-m", "mock/n", "hi")
    #expect(result.ending == .exited(0))
    #expect(result.stdout == "first\n\nsecond\n")
    let lines = result.stderr.split(separator: "\n")
    #expect(lines.count == 5, "\(result.stderr)")
    #expect(lines.first == "== mock/m ==" && lines.dropFirst().first == "== mock/n ==")
    #expect(lines.contains { $0.hasPrefix("mock/m ") && $0.contains("$0.00270") })
    #expect(lines.contains { $0.hasPrefix("mock/n ") && $0.contains("unpriced") })
    #expect(home.ledger("select count(*), count(distinct model) from attempts") == ["2|2"])
    let bodies = server.log.requests.map { String(decoding: $0.body, as: UTF8.self) }
    #expect(bodies.count == 2 && bodies[0].contains("\"m\"") && bodies[1].contains("\"n\""))
  }

  @Test func `as JSON are an array`() async throws {
    let (home, server) = try home(answering: "first", "second")
    let result = await home.run("chat", "-m", "mock/m", "-m", "mock/n", "--json", "-q", "hi")
    #expect(result.stdout.hasPrefix("[") && result.stdout.hasSuffix("]\n"))
    #expect(result.stdout.contains(#""text": "first""#) && result.stdout.contains(#""text": "second""#))
    #expect(result.stderr == "")
    withExtendedLifetime(server) {}
  }

  @Test func `go on after one that fails, whose status is the command's`() async throws {
    let refused = "HTTP/1.1 401 Unauthorized\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    let server = try #require(
      ScriptedServer([[.readRequest, .write(refused), .close], [.readRequest, .write(answer("second")), .close]]))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("chat", "-m", "mock/m", "-m", "mock/n", "hi")
    #expect(result.ending == .exited(3))
    #expect(result.stdout == "second\n")
    #expect(result.stderr.contains("401"))
  }

  @Test func `with a wrong name among them cost nothing`() async throws {
    let (home, server) = try home(answering: "first")
    let result = await home.run("chat", "-m", "mock/m", "-m", "nosuch/model", "hi")
    #expect(result.ending == .exited(4))
    #expect(server.log.requests.isEmpty)
  }

  @Test func `in a dry run are shown one after another`() async throws {
    let (home, server) = try home(answering: "unused")
    let text = await home.run("chat", "-m", "mock/m", "-m", "mock/n", "--dry-run", "hi").stdout
    #expect(text.split(separator: "POST ").count == 2)
    let json = await home.run("chat", "-m", "mock/m", "-m", "mock/n", "--dry-run", "--json", "hi").stdout
    #expect(json.hasPrefix("["))
    #expect(server.log.requests.isEmpty)
  }
}

struct Quiet {
  @Test func `silences notes and keeps errors`() async throws {
    let server = try #require(
      ScriptedServer(.readRequest, .write(answer("cut", reason: "length")), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    #expect(await home.run("chat", "-m", "mock/m", "-q", "hi").stderr == "")
    #expect(await home.run("chat", "-m", "mock/m", "-q", "--fail-on-length", "hi").stderr.contains("length limit"))
    let unnamed = await home.run("chat", "-q", "hi", environment: ["LLMGW_CONFIG": "/dev/null"])
    #expect(unnamed.stdout == "hi\n")
    #expect(unnamed.stderr == "")
  }
}

struct TheClipboard {
  @Test(arguments: [
    (["WAYLAND_DISPLAY": "w"], true, ["wl-copy", "xclip"], "wl-copy >/dev/null 2>&1"),
    (["DISPLAY": ":0"], true, ["xclip"], "xclip -selection clipboard >/dev/null 2>&1"),
    (["DISPLAY": ":0"], false, ["xsel"], "xsel --clipboard --input >/dev/null 2>&1"),
    (["DISPLAY": ":0", "SSH_CONNECTION": "a"], true, ["xclip"], "terminal"),
    (["DISPLAY": ":0", "SSH_CONNECTION": "a"], false, ["xclip"], "xclip -selection clipboard >/dev/null 2>&1"),
    (["WAYLAND_DISPLAY": "w"], true, [], "terminal"), ([:], true, ["xclip", "wl-copy"], "terminal"),
    (["HOME": "/h"], false, ["pbcopy"], "pbcopy >/dev/null 2>&1"), ([:], false, ["xclip"], "none"),
    (["TERM": "dumb"], true, [], "none"),
  ])
  func `is the desktop's here and the terminal's far away`(
    _ variables: [String: String], _ hasTerminal: Bool, _ installed: [String], _ expected: String
  ) {
    let clipboard = Clipboard(environment: .init(variables: variables), hasTerminal: hasTerminal) {
      installed.contains($0)
    }
    let name =
      switch clipboard {
      case .program(let line): line
      case .terminal: "terminal"
      case nil: "none"
      }
    #expect(name == expected)
  }

  @Test func `takes the text through a program`() async throws {
    let home = ProgramHome()
    _ = system(
      "cd '\(home.path)' && mkdir bin && printf '#!/bin/sh\\ncat > \"\(home.path)/copied\"\\n' > bin/wl-copy && chmod +x bin/*"
    )
    let result = await home.run(
      "chat", "-m", "offline/echo", "--copy", "a b",
      environment: ["WAYLAND_DISPLAY": "w", "PATH": "\(home.path)/bin:/usr/bin:/bin"])
    #expect(result.ending == .exited(0))
    #expect(home.read("copied") == "a b")
  }

  @Test func `that is missing or refuses is a failure, after the answer`() async throws {
    let home = ProgramHome()
    let missing = await home.run("chat", "-m", "offline/echo", "--copy", "a b")
    #expect(missing.ending == .exited(1))
    #expect(missing.stdout == "a b\n")
    #expect(missing.stderr.contains("clipboard: there is none to copy to"))
    _ = system("cd '\(home.path)' && mkdir bin && printf '#!/bin/sh\\nexit 1\\n' > bin/xclip && chmod +x bin/*")
    let refusing = await home.run(
      "chat", "-m", "offline/echo", "--copy", "a",
      environment: ["DISPLAY": ":9", "PATH": "\(home.path)/bin:/usr/bin:/bin"])
    #expect(refusing.ending == .exited(1))
    #expect(refusing.stderr.contains("'xclip' did not take the text"))
  }
}
