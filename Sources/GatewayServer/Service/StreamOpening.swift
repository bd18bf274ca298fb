// The beginning of a stream: when its head goes out, and until when there is a way back.
import GatewayCore
import Synchronization

/// What the client of one stream has been told of it.
final class StreamOpening: Sendable {
  private let writer: ResponseWriter
  private let headers: [(name: String, value: String)]
  private let keepAlive: KeepAlive
  /// The client gets a sign of life even before a provider has answered.
  private let isEarly: Bool
  /// The head that is held, or that went out, says who answers.
  private let namesTarget = Atomic(false)
  /// Something of an answer, or a failure, went out.
  private let isTold = Atomic(false)

  init(_ writer: ResponseWriter, isArray: Bool, _ settings: ServerSettings, _ common: [(name: String, value: String)]) {
    let form = StreamForm(isArray: isArray, keepAlive: settings.keepAlive)
    self.writer = writer
    headers = form.headers + common
    keepAlive = form.keepAlive
    isEarly = settings.keepsAliveBeforeReply
  }

  /// Nobody answers yet.
  func begin() async {
    // A client that has left is noticed by what comes next.
    if isEarly { try? await writer.hold(200, headers, keepAlive: keepAlive) }
  }

  /// A provider answers.
  func name(_ head: AnswerHead) async throws {
    do {
      try await writer.hold(200, headers + head.callHeaders, keepAlive: keepAlive)
      namesTarget.store(true, ordering: .releasing)
    } catch {
      // The client was kept alive before: then its head went out without a name.
      guard isEarly, error == .finished else { throw error }
    }
  }

  func write(_ bytes: [UInt8]) async throws {
    isTold.store(true, ordering: .releasing)
    try await writer.write(bytes)
  }

  /// Whether the client knows of one provider, so that no other can answer any more.
  var hasNamed: Bool { namesTarget.load(ordering: .acquiring) && writer.hasBegun }

  /// Whether the client got more than signs of life.
  var hasTold: Bool { isTold.load(ordering: .acquiring) }
}
