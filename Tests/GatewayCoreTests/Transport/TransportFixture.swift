// What the transport tests share: requests to a scripted server, and replies written out.
import Synchronization
import TestSupport
import Testing

@testable import GatewayCore

extension HTTPRequest {
  static func get(_ url: String, timeouts: Timeouts = Timeouts()) -> HTTPRequest {
    HTTPRequest(method: "GET", url: url, timeouts: timeouts)
  }

  static func post(_ url: String, _ body: String, timeouts: Timeouts = Timeouts()) -> HTTPRequest {
    HTTPRequest(
      method: "POST", url: url, headers: [("Content-Type", "application/json")], body: Array(body.utf8),
      timeouts: timeouts)
  }
}

extension ScriptedServer.Step {
  /// A whole reply with its length.
  static func reply(_ body: String) -> Self {
    .write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
  }

  /// The head of an event stream whose pieces follow as chunks.
  static let streamHead = Self.write(
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")

  static func chunk(_ text: String) -> Self { .write("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n") }
  static let lastChunk = Self.write("0\r\n\r\n")
}

extension HTTPBody {
  func text() async throws(TransportFailure) -> String { String(decoding: try await collect(), as: UTF8.self) }
}

/// The failure of `body`, or `nil` when it succeeds.
func failure<T>(of body: () async throws(TransportFailure) -> T) async -> TransportFailure? {
  do throws(TransportFailure) {
    _ = try await body()
    return nil
  } catch {
    return error
  }
}
