// Bodies that come compressed.

import TestSupport
import Testing

@testable import GatewayServer

struct InflationTests {
  static let text = #"{"model":"m","text":"hello hello hello hello"}"#
  static let gzip = bytes(
    "1f8b0800000000000203ab56cacd4f49cd51b252ca55d2512a49ad28013233527372f2153048a55a003bce2e6a2e000000")
  static let zlib = bytes(
    "78daab56cacd4f49cd51b252ca55d2512a49ad28013233527372f2153048a55a0061550f9c")
  /// Without a wrapper, which is not what HTTP calls deflate.
  static let raw = bytes(
    "ab56cacd4f49cd51b252ca55d2512a49ad28013233527372f2153048a55a00")
  /// 300,000 times the letter a.
  static let letters = bytes(
    "1f8b0800000000000203edc1010d000000c2a0acef5fc21e0e28000000000000000000000000000000000000000000000000"
      + "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      + "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      + "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      + "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      + "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
      + "00000000000000000000000000000000f8315ff24ef4e0930400")

  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }

  static func post(_ coding: String, _ body: [UInt8]) -> [UInt8] {
    Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: \(coding)\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
      + body
  }

  private static func answers(to sent: [UInt8], _ limits: ServerLimits, by size: Int = .max) throws -> [TestAnswer] {
    let bench = try Bench(limits)
    var rest = sent[...]
    while !rest.isEmpty {
      bench.send(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    _ = try? bench.channel.finish(acceptAlreadyClosed: true)
    #expect(bench.registry.holdBody(limits.bodyBytesInAll), "something of a body is held still")
    return bench.answers
  }

  @Test(
    arguments: [("gzip", gzip), ("GZIP", gzip), ("x-gzip", gzip), ("deflate", zlib), (" gzip ", gzip)], [Int.max, 1])
  func `a compressed body is read as what it says`(_ one: (coding: String, body: [UInt8]), _ size: Int) throws {
    let answers = try Self.answers(to: Self.post(one.coding, one.body), ServerLimits(), by: size)
    #expect(answers.map(\.body) == ["POST / - \(Self.text)"])
  }

  @Test(arguments: [Int.max, 100, 1])
  func `a body that grows much is read whole within the limits`(_ size: Int) throws {
    let answers = try Self.answers(to: Self.post("gzip", Self.letters), ServerLimits(), by: size)
    #expect(answers.map(\.body) == ["POST / - \(String(repeating: "a", count: 300_000))"])
  }

  @Test func `a compressed body in chunks is read too, and the next request on its connection`() throws {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    let chunk = Array("\(String(Self.gzip.count, radix: 16))\r\n".utf8) + Self.gzip + Array("\r\n0\r\n\r\n".utf8)
    let sent = Array(head.utf8) + chunk
    let answers = try Self.answers(to: sent + Self.post("identity", [0x61]) + sent, ServerLimits())
    #expect(answers.map(\.body) == ["POST / - \(Self.text)", "POST / - a", "POST / - \(Self.text)"])
  }

  @Test(
    arguments: [
      ("cut", "gzip", Array(gzip.dropLast()), 400), ("empty", "gzip", [], 400),
      ("not compressed", "gzip", [0x7B, 0x7D], 400),
      ("of the other coding", "gzip", zlib, 400), ("of no coding", "deflate", raw, 400),
      ("with another checksum", "gzip", Array(gzip.dropLast(8)) + [1, 2, 3, 4] + Array(gzip.suffix(4)), 400),
      ("with more behind it", "gzip", gzip + [0], 400), ("twice compressed", "gzip, gzip", gzip, 415),
      ("of an unknown coding", "br", gzip, 415), ("of two fields", "gzip\r\nContent-Encoding: gzip", gzip, 415),
    ] as [(String, String, [UInt8], Int)])
  func `a body that cannot be inflated is refused`(_ what: String, _ coding: String, _ body: [UInt8], _ status: Int)
    throws
  {
    for size in [Int.max, 1] {
      #expect(try Self.answers(to: Self.post(coding, body), ServerLimits(), by: size).map(\.status) == [status])
    }
  }

  struct Bound: CustomStringConvertible {
    var description: String
    var change: @Sendable (inout ServerLimits) -> Void
    var status: Int
  }

  @Test(arguments: [
    Bound(description: "the size of a body", change: { $0.bodyBytes = 299_999 }, status: 413),
    Bound(description: "what a body may grow", change: { $0.inflationFreeBytes = 299_999 }, status: 413),
    Bound(description: "the size of all bodies", change: { $0.bodyBytesInAll = 299_999 }, status: 503),
    Bound(description: "room for the tables", change: { $0.bodyBytesInAll = Inflater.memory - 1 }, status: 503),
  ])
  func `a bomb is refused`(_ bound: Bound) throws {
    var limits = ServerLimits()
    bound.change(&limits)
    for size in [Int.max, 1] {
      #expect(try Self.answers(to: Self.post("gzip", Self.letters), limits, by: size).map(\.status) == [bound.status])
    }
  }

  @Test func `a bomb is noticed long before all of it is inflated`() throws {
    var limits = ServerLimits()
    limits.bodyBytes = 1_000
    let inflater = try #require(Inflater(.gzip, .init(bytes: limits.bodyBytes, ratio: 100, freeBytes: 1 << 20)))
    var body: [UInt8] = []
    let result = Self.letters.withUnsafeBytes { bytes in
      Result { () throws(Rejection) in try inflater.inflate(bytes, into: &body) }
    }
    #expect(throws: Rejection.bodyTooLarge) { try result.get() }
    #expect(body.count < 1_000 + (64 << 10))
  }
}
