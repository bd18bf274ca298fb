// A stream that has not begun to go out, and what keeps one alive while nothing comes.
import Synchronization

/// What a client is sent while a stream is silent, so that nothing on the way takes it for dead.
package struct KeepAlive: Sendable {
  package var bytes: [UInt8]
  /// The silence after which it is sent, again and again.
  package var after: Duration

  package init(_ bytes: [UInt8], after: Duration) {
    self.bytes = bytes
    self.after = after
  }
}

/// What of an answer has been written, for any task to see.
final class GoneOut: Sendable {
  private let flag = Atomic(false)
  private let bytes = Atomic(0)
  var value: Bool { flag.load(ordering: .acquiring) }
  /// Bytes of the body, without its framing.
  var bodyBytes: Int { bytes.load(ordering: .relaxed) }

  func note(bodyBytes count: Int = 0) {
    if count > 0 { bytes.add(count, ordering: .relaxed) }
    flag.store(true, ordering: .releasing)
  }
}

extension ServerConnection {
  /// Keeps the head of a stream back until the first bytes are written, or until the client needs a sign of life.
  func hold(_ head: ResponseHead, _ keepAlive: KeepAlive, as number: Int) throws(ResponseFailure) {
    guard try answer(number).stage == .none else { throw .finished }
    answer?.held = head
    answer?.keepAlive = keepAlive
    silence(keepAlive.after)
  }

  /// The stream is silent from now on.
  func silence(_ time: Duration) {
    guard let context else { return }
    if silenceTimer == nil {
      silenceTimer = DeadlineTimer(on: context.eventLoop) { [weak self] in self?.breakSilence() }
    }
    silenceTimer?.start(time)
  }

  private func breakSilence() {
    guard let answer, let keepAlive = answer.keepAlive else { return }
    // A client with unread bytes has no need of more.
    if context?.channel.isWritable == true { _ = try? write(keepAlive.bytes, as: answer.number) }
    silence(keepAlive.after)
  }
}
