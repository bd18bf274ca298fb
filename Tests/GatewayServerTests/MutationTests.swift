// Requests with random damage: whatever they are, the connection answers or waits, and keeps its rules.

import Glibc
import NIOCore
import NIOEmbedded
import Testing

@testable import GatewayServer

struct MutationTests {
  /// SplitMix64: the same requests on every machine.
  struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  /// Another run starts from where the environment says.
  static let seeds = number("LLMGW_MUTATION_SEED", 0) &* 8..<number("LLMGW_MUTATION_SEED", 0) &* 8 + 8
  /// 100,000 in all, or as many as the environment says.
  static let requests = number("LLMGW_MUTATIONS", 100_000) / seeds.count

  private static func number(_ name: String, _ otherwise: Int) -> Int {
    getenv(name).flatMap { Int(String(cString: $0)) } ?? otherwise
  }

  private static let good =
    (RequestTests.ordinary.map(\.sent)
    + (MalformedRequestTests.lengths + MalformedRequestTests.chunks).map { String(decoding: $0.sent, as: UTF8.self) })
    .map { Array($0.utf8) } + [InflationTests.post("gzip", InflationTests.gzip)]

  private static let pieces = [
    "\r\n", "\r", "\n", "\r\n\r\n", "\0", ":", " ", "\t", ",", ";", "0\r\n\r\n", "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "Expect: 100-continue\r\n",
    "Content-Encoding: gzip\r\n",
    "Upgrade: x\r\nConnection: upgrade\r\n",
    "GET / HTTP/1.1\r\n", "HTTP/1.0", "ffffffffffffffff\r\n", "\u{80}", "Connection: close\r\n", "CONNECT", "HEAD",
  ].map { Array($0.utf8) }

  @Test(arguments: seeds)
  func `no damage to a request breaks the connection's rules`(_ seed: Int) throws {
    var dice = Dice(state: UInt64(bitPattern: Int64(seed)))
    var limits = ServerLimits()
    limits.headerBytes = 2_000
    limits.headerFieldBytes = 500
    limits.bodyBytes = 100
    limits.bodyBytesInAll = 1_000
    limits.waitingRequests = 2
    var left = Self.requests
    while left > 0 {
      let count = Int.random(in: 1...4, using: &dice)
      left -= count
      let sent = (0..<count).flatMap { _ in Self.mutated(&dice) }
      let responder: Responder = dice.next() & 1 == 0 ? Responders.echo : Responders.stream
      let bench = try Bench(limits, responder)
      var rest = sent[...]
      while !rest.isEmpty {
        let size = Int.random(in: 1...sent.count, using: &dice)
        bench.send(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      bench.advance(.seconds(1_000))
      #expect(bench.isClosed, "\(String(decoding: sent, as: UTF8.self).debugDescription)")
      #expect(bench.registry.count == 0)
      #expect(
        bench.registry.holdBody(limits.bodyBytesInAll), "\(String(decoding: sent, as: UTF8.self).debugDescription)")
      #expect(bench.text.isEmpty || bench.text.hasPrefix("HTTP/1.1 "))
    }
  }

  private static func mutated(_ dice: inout Dice) -> [UInt8] {
    var bytes = good.randomElement(using: &dice) ?? []
    for _ in 0..<Int.random(in: 0...3, using: &dice) {
      let place = Int.random(in: 0...bytes.count, using: &dice)
      let length = min(Int.random(in: 0...8, using: &dice), bytes.count - place)
      switch Int.random(in: 0..<5, using: &dice) {
      case 0: bytes.removeSubrange(place..<(place + length))
      case 1: bytes.insert(contentsOf: bytes[place..<(place + length)], at: place)
      case 2: bytes.insert(contentsOf: pieces.randomElement(using: &dice) ?? [], at: place)
      case 3: if place < bytes.count { bytes[place] = UInt8(truncatingIfNeeded: dice.next()) }
      default: bytes.removeSubrange(place...)
      }
    }
    return bytes
  }
}
