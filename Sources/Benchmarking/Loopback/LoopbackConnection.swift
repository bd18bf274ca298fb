// One connection of the server in this process: whole requests are taken out of what has come, each is answered.

import Glibc

struct LoopbackConnection {
  let socket: Int32
  private var received: [UInt8] = []

  /// A request is a few hundred bytes.
  private static let longestRequest = 1 << 20

  init(socket: Int32) { self.socket = socket }

  /// Reads what is there and answers the requests that are whole; false when the connection is over.
  mutating func answer() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    let count = read(socket, &chunk, chunk.count)
    if count < 0, errno == EINTR { return true }
    guard count > 0, received.count + count <= Self.longestRequest else { return false }
    received += chunk.prefix(count)
    while let length = Self.lengthOfFirstRequest(in: received) {
      received.removeFirst(length)
      guard send(Self.reply) else { return false }
    }
    return true
  }

  private func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Head and body of the request at the beginning; `nil` while part of it is missing.
  static func lengthOfFirstRequest(in bytes: [UInt8]) -> Int? {
    let end = Array("\r\n\r\n".utf8)
    guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return nil }
    let head = String(decoding: bytes[..<start], as: UTF8.self).lowercased()
    let lengths = head.split(separator: "\r\n").filter { $0.hasPrefix("content-length:") }
    let body = lengths.first.flatMap { Int($0.dropFirst("content-length:".count).drop { $0 == " " }) } ?? 0
    let whole = start + end.count + body
    return body >= 0 && bytes.count >= whole ? whole : nil
  }

  /// A stream of a few tokens, as an OpenAI-compatible server writes it, in one piece.
  static let reply: [UInt8] = {
    func event(_ data: String) -> String { "data: \(data)\n\n" }
    func piece(_ delta: String, _ finish: String = "null") -> String {
      event(#"{"id":"c","model":"loopback","choices":[{"index":0,"delta":\#(delta),"finish_reason":\#(finish)}]}"#)
    }
    let body =
      piece(#"{"role":"assistant"}"#)
      + ["One", " two", " three", " four"].map { piece(#"{"content":"\#($0)"}"#) }.joined()
      + piece("{}", #""stop""#)
      + event(#"{"id":"c","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}"#) + event("[DONE]")
    let head =
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: \(body.utf8.count)\r\n\r\n"
    return Array((head + body).utf8)
  }()
}
