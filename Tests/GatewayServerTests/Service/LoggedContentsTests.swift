// Prompts and answers in the access log: only where the server is told to, and only of keys that allow it.

import TestSupport
import Testing
import Wire

@testable import GatewayServer

struct LoggedContents {
  private static let keys: [String: JSONObject] = [
    "open": ["log_contents": true], "usual": [:], "private": ["log_contents": true, "contents": false],
  ]

  /// The log after each key has asked `model` in its own words.
  private static func log(_ config: String, asking model: String = "chatty/m") async throws -> String {
    let world = try ServiceWorld(config: config, keys: keys)
    try await world.serve { [secrets = world.secrets] client in
      for (name, secret) in secrets {
        for asked in Asked.all {
          for (path, body) in [asked.whole(model), asked.stream(model)] {
            let words = body.replacing("\"hi\"", with: "\"words of \(name)\"")
            let answer = try client.ask(path, words, headers: ["Authorization: Bearer \(secret)"])
            #expect(answer.status == 200)
          }
        }
      }
    }
    return await world.writtenLog()
  }

  @Test(arguments: ["full", "none"], ["chatty/m", "messy/m"])
  func `stand there for a key that allows it and for no other`(_ stored: String, _ model: String) async throws {
    let log = try await Self.log("server: { log_contents: true }\nledger: { contents: \(stored) }", asking: model)
    let lines = log.split(separator: "\n").map { String($0) }
    #expect(lines.count == 30)
    for line in lines {
      let fields = try JSON.parse(line)
      let isOpen = fields["key"] == "open"
      #expect(fields["prompt"] == (isOpen ? "words of open" : nil), "\(line)")
      #expect(fields["reply"] == (isOpen ? "Hello there" : nil), "\(line)")
    }
  }

  @Test func `stand nowhere in it unless the server is told to`() async throws {
    let log = try await Self.log("")
    #expect(log.contains("chatty") && !log.contains("words of") && !log.contains("Hello"))
  }
}
