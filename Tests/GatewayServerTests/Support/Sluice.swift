import NIOCore

/// Holds what is written back, as the socket of a client that does not read, and says that it is full.
final class Sluice: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer
  private let setWritable: (Bool) -> Void
  private var held = 0

  init(_ setWritable: @escaping (Bool) -> Void) { self.setWritable = setWritable }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    held += unwrapOutboundIn(data).readableBytes
    if held >= 64 << 10 { setWritable(false) }
    context.write(data, promise: promise)
  }

  func flush(context: ChannelHandlerContext) {}
}
