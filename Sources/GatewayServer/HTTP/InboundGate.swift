// Stands before the decoder: tells the connection that bytes came, and keeps from the decoder what nobody will read.
import NIOCore

/// The first handler of a connection's pipeline.
final class InboundGate: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let connection: ServerConnection

  init(_ connection: ServerConnection) { self.connection = connection }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if connection.noticeBytes() { context.fireChannelRead(data) }
  }
}
