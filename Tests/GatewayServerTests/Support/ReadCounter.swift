import NIOCore

/// Counts how often the socket is asked for bytes.
final class ReadCounter: ChannelOutboundHandler {
  typealias OutboundIn = Any
  var count = 0

  func read(context: ChannelHandlerContext) {
    count += 1
    context.read()
  }
}
