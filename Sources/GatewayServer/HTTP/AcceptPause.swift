// What the listening socket does when the process has no descriptor left.
import NIOCore

/// Takes no connections for a moment after one could not be taken.
///
/// They wait in the kernel's queue; asking again at once would keep a core busy with the same error.
final class AcceptPause: ChannelDuplexHandler {
  typealias InboundIn = Never
  typealias OutboundIn = Never

  private static let pause = TimeAmount.milliseconds(100)
  private var isPaused = false

  func read(context: ChannelHandlerContext) {
    if !isPaused { context.read() }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is IOError, !isPaused else { return }
    isPaused = true
    context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
      self.isPaused = false
      context.read()
    }
  }
}
