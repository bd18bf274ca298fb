// What no client sends that means well, or well enough.

import Testing

@testable import GatewayServer

struct MalformedRequestTests {
  struct Case: CustomStringConvertible {
    var what: String
    var sent: [UInt8]
    /// Of each answer.
    var statuses: [Int]
    var description: String { what }

    init(_ what: String, _ sent: String, _ statuses: Int...) {
      self.init(what, Array(sent.utf8), statuses)
    }

    init(_ what: String, _ sent: [UInt8], _ statuses: [Int]) {
      self.what = what
      self.sent = sent
      self.statuses = statuses
    }
  }

  private static func get(_ headers: String) -> String { "GET / HTTP/1.1\r\nHost: a\r\n\(headers)\r\n\r\n" }
  private static func post(_ headers: String, _ body: String) -> String {
    "POST / HTTP/1.1\r\nHost: a\r\n\(headers)\r\n\r\n\(body)"
  }
  private static func chunked(_ body: String) -> String { post("Transfer-Encoding: chunked", body) }
  private static let hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"

  static let lengths = [
    Case("length and chunks", post("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n" + hidden), 400),
    Case("chunks and length", post("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n" + hidden), 400),
    Case("two lengths", post("Content-Length: 5\r\nContent-Length: 6", "hello" + hidden), 400),
    Case("one length twice", post("Content-Length: 5\r\nContent-Length: 5", "hello" + hidden), 400),
    Case("a list of lengths", post("Content-Length: 5, 5", "hello"), 400),
    Case("a negative length", post("Content-Length: -1", ""), 400),
    Case("a signed length", post("Content-Length: +5", "hello"), 400),
    Case("a length in hex", post("Content-Length: 0x5", "hello"), 400),
    Case("an empty length", post("Content-Length: ", "hello"), 400),
    Case("a length with a blank in it", post("Content-Length: 5 5", "hello"), 400),
    Case("a length beyond 64 bits", post("Content-Length: 99999999999999999999", ""), 400),
    Case("a length of 64 bits", post("Content-Length: 9223372036854775807", ""), 413),
    Case("a blank before the colon", post("Content-Length : 5", "hello"), 400),
    Case("an unknown coding", post("Transfer-Encoding: gzip", ""), 501),
    Case("a coding around chunks", post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"), 501),
    Case("chunks inside a coding", post("Transfer-Encoding: chunked, gzip", "0\r\n\r\n"), 400),
    Case("chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n" + hidden), 400),
    Case("chunked in a list", post("Transfer-Encoding: chunked, chunked", "0\r\n\r\n" + hidden), 400),
    Case("chunked with a vertical tab", post("Transfer-Encoding: \u{0B}chunked", "0\r\n\r\n"), 400),
    Case("chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    Case("a length in a folded field", post("X: y\r\n Content-Length: 5", "hello"), 400),
    Case("a folded length", post("Content-Length:\r\n 5", "hello"), 400),
  ]

  static let chunks = [
    Case("a chunk size that is none", chunked("zz\r\nhello\r\n0\r\n\r\n"), 400),
    Case("a chunk size with a sign", chunked("-1\r\nhello\r\n0\r\n\r\n"), 400),
    Case("a chunk size with a prefix", chunked("0x5\r\nhello\r\n0\r\n\r\n"), 400),
    Case("an empty chunk size", chunked("\r\nhello\r\n0\r\n\r\n"), 400),
    Case("a chunk size beyond 64 bits", chunked("fffffffffffffffff\r\nhello"), 400),
    Case("a chunk longer than it says", chunked("3\r\nhello\r\n0\r\n\r\n"), 400),
    Case("a chunk size ended by a line feed", chunked("5\nhello\r\n0\r\n\r\n"), 400),
    Case("a chunk ended by a line feed", chunked("5\r\nhello\n0\r\n\r\n"), 400),
    Case("a blank after a chunk size", chunked("5 \r\nhello\r\n0\r\n\r\n"), 400),
    Case("a chunk extension with a line feed", chunked("5;a\nhello\r\n0\r\n\r\n"), 400),
    Case("a malformed trailer", chunked("0\r\nbad trailer\r\n\r\n"), 400),
  ]

  static let heads = [
    Case("no Host", "GET / HTTP/1.1\r\n\r\n", 400),
    Case("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
    Case("a folded field", get("X: a\r\n b"), 400),
    Case("a bare carriage return in a value", get("X: a\rY: b"), 400),
    Case("a line feed alone", "GET / HTTP/1.1\nHost: a\n\n", 505),
    Case("a null byte in a value", get("X: a\u{0}b"), 400),
    Case("a null byte in a name", get("X\u{0}: a"), 400),
    Case("a control byte in a value", get("X: a\u{1}b"), 400),
    Case("a field without a colon", get("nonsense"), 400),
    Case("a field without a name", get(": a"), 400),
    Case("a name that is no token", get("X@Y: a"), 400),
    Case("a name in other letters", get("Ünder: a"), 400),
    Case("a first field with a blank before it", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400),
    Case("no version", "GET /\r\n\r\n", 505),
    Case("HTTP/0.9", "GET / HTTP/0.9\r\n\r\n", 505),
    Case("HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505),
    Case("HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505),
    Case("HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    Case("another protocol", "GET / HTTQ/1.1\r\nHost: a\r\n\r\n", 400),
    Case("TLS", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03], [400]),
    Case("an unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    Case("a method in small letters", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    Case("a tunnel", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 405),
    Case("a target that is no path", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    Case("a target of another scheme", "GET ftp://a/b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    Case("a target with a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    Case("a target with a blank", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    Case("a target with a null byte", "GET /a\u{0} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    Case("a target in other letters", "GET /ü HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    Case("a target of invalid UTF-8", Array("GET /".utf8) + [0xFF] + Array(" HTTP/1.1\r\nHost: a\r\n\r\n".utf8), [400]),
    Case("two blanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 200),
    Case("nothing but noise", Array(repeating: 0xFF, count: 4096), [400]),
    Case("an expectation", get("Expect: a-miracle"), 417),
    Case("a body compressed by the unknown", post("Content-Encoding: br\r\nContent-Length: 1", "x"), 415),
    Case("noise after a good request", get("X: y") + "noise\r\n\r\n", 200, 400),
    Case("more after the last request", get("Connection: close") + hidden, 200),
    Case("a body without a length", get("X: y") + "body", 200, 400),
  ]

  @Test(arguments: lengths + chunks + heads, [Int.max, 1])
  func `what is malformed is answered and the connection closed, and nothing hidden in it runs`(
    _ one: Case, _ size: Int
  ) throws {
    let seen = Record()
    let bench = try Bench { request, writer in
      seen.note(request.path)
      try? await writer.respond(200, body: [])
    }
    var rest = one.sent[...]
    while !rest.isEmpty {
      bench.send(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    #expect(bench.answers.map(\.status) == one.statuses)
    #expect(seen.all == one.statuses.filter { $0 == 200 }.map { _ in "/" })
    #expect(bench.isClosed == (one.statuses.last != 200 || bench.text.contains("connection: close")))
    for answer in bench.answers where answer.status != 200 {
      #expect(answer.headers["connection"] == "close")
      #expect(answer.headers["content-type"] == "application/json")
      #expect(answer.body.hasPrefix("{\"error\":{\"code\":\(answer.status),\"message\":\""))
      #expect(answer.body.hasSuffix("\"}}\n"))
    }
  }
}
