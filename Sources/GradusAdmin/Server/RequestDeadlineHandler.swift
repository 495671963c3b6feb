import NIOCore
import NIOHTTP1

/// Closes a connection on which a request takes too long to come, whether or not anybody reads it: the library's own limit
/// begins anew with each of its parts.
final class RequestDeadlineHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  private let limit: TimeAmount
  private var deadline: Scheduled<Void>?

  /// - Parameter limit: how long after its head a request's end may come.
  init(_ limit: TimeAmount) { self.limit = limit }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      let channel = context.channel
      deadline = context.eventLoop.scheduleTask(in: limit) { channel.close(mode: .all, promise: nil) }
    case .body: break
    case .end: cancel()
    }
    context.fireChannelRead(data)
  }

  func handlerRemoved(context: ChannelHandlerContext) { cancel() }

  private func cancel() {
    deadline?.cancel()
    deadline = nil
  }
}
