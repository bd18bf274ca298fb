// Clients that keep a connection busy with as little as they can, all at once.

import TestSupport
import Testing

@testable import GatewayServer

struct SlowClientTests {
  /// How a client spends its connection: a beginning, then, again and again, one of the bytes for each
  /// time that a good client is served.
  struct Attack: CustomStringConvertible {
    var description: String
    /// What bounds it, and is made short.
    var limit: @Sendable (inout ServerLimits) -> Void
    var beginning: [UInt8] = []
    var bytes: [UInt8]
    /// Of the answers before the connection ends; `nil` for a client that reads none.
    var statuses: [Int]?
  }

  private static let get = "GET / HTTP/1.1\r\nHost: a\r\n"
  private static let post = "POST / HTTP/1.1\r\nHost: a\r\n"

  static let attacks = [
    Attack(description: "sends nothing", limit: { $0.idleTime = brief * 2 }, bytes: [], statuses: []),
    Attack(
      description: "sends the header byte by byte", limit: { $0.headerTime = brief },
      beginning: Array((get + "X: ").utf8), bytes: [0x61], statuses: [408]),
    Attack(
      description: "sends the body byte by byte", limit: { $0.bodyTime = brief },
      beginning: Array((post + "Content-Length: 1000000\r\n\r\n").utf8), bytes: [0x61], statuses: [408]),
    Attack(
      description: "sends chunks byte by byte", limit: { $0.bodyTime = brief },
      beginning: Array((post + "Transfer-Encoding: chunked\r\n\r\n").utf8), bytes: Array("1\r\na\r\n".utf8),
      statuses: [408]),
    // Of blocks that have nothing in them.
    Attack(
      description: "sends a compressed body byte by byte", limit: { $0.bodyTime = brief },
      beginning: Array((post + "Content-Encoding: gzip\r\nContent-Length: 1000000\r\n\r\n").utf8)
        + InflationTests.gzip.prefix(10), bytes: [0, 0, 0, 0xFF, 0xFF], statuses: [408]),
    Attack(
      description: "stops after a request", limit: { $0.idleTime = brief * 2 }, beginning: Array((get + "\r\n").utf8),
      bytes: [], statuses: [200]),
    Attack(
      description: "asks for much and reads nothing", limit: { $0.writeStallTime = brief },
      beginning: (0..<20).flatMap { _ in Array("GET /much HTTP/1.1\r\nHost: a\r\n\r\n".utf8) }, bytes: []),
  ]

  private static let brief = Duration.milliseconds(500)
  private static let clients = 20

  @Test(arguments: attacks)
  func `a client that is slow is closed while others are served`(_ attack: Attack) async throws {
    var limits = ServerLimits()
    attack.limit(&limits)
    let much = [UInt8](repeating: 0x61, count: 4 << 20)
    let responder: Responder = { request, writer in
      try? await writer.respond(200, body: request.path == "/much" ? much : [0x61])
    }
    try await withServer(limits, responder) { server, port in
      let good = try #require(RawClient(port: port))
      let slow = try (0..<Self.clients).map { _ in try #require(RawClient(port: port, receiveBuffer: 4096)) }
      for client in slow { client.send(attack.beginning) }
      let clock = ContinuousClock()
      let start = clock.now
      var turn = 0
      repeat {
        good.get("/")
        try #require(good.answer()?.status == 200)
        if !attack.bytes.isEmpty {
          for client in slow { client.send([attack.bytes[turn % attack.bytes.count]]) }
        }
        turn += 1
      } while server.connectionCount > 1 && clock.now < start + .seconds(60)
      #expect(server.connectionCount == 1, "still open after \(clock.now - start)")
      guard let statuses = attack.statuses else { return }
      for client in slow {
        for status in statuses { #expect(client.answer()?.status == status) }
        #expect(client.rest() == "")
      }
    }
  }
}
