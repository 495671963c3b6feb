import NIOCore
import NIOHTTP1

/// What the library leaves out when a request's head has come: leave to send the body, for clients that wait for it, and
/// the connection's end behind the answer, for clients of HTTP/1.0 that do not ask to keep it.
final class RequestHeadHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
    if head.version == .http1_0 {
      // The library closes where it is asked to.
      if !head.isKeepAlive { head.headers.replaceOrAdd(name: "connection", value: "close") }
    } else if waitsForLeave(head) {
      let leave = HTTPResponseHead(version: .http1_1, status: .continue)
      context.writeAndFlush(wrapOutboundOut(.head(leave)), promise: nil)
    }
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  /// A body that is too large is refused before it is sent.
  private func waitsForLeave(_ head: HTTPRequestHead) -> Bool {
    guard head.headers.first(name: "expect")?.lowercased() == "100-continue" else { return false }
    return head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0 <= RequestBody.limit
  }
}

/// Puts a `RequestHeadHandler`, a `RequestDeadlineHandler` and an `AnswerDeadlineHandler` where requests are as they came:
/// the library takes further handlers only behind that.
final class RequestHandlersInstaller: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = Any

  private let limit: TimeAmount

  /// - Parameter limit: how long a request may take to come, and its answer to go.
  init(limit: TimeAmount) { self.limit = limit }

  func handlerAdded(context: ChannelHandlerContext) {
    let pipeline = context.pipeline.syncOperations
    guard let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else {
      return
    }
    let handlers: [any ChannelHandler] = [
      RequestDeadlineHandler(limit), AnswerDeadlineHandler(limit), RequestHeadHandler(),
    ]
    for handler in handlers {
      try? pipeline.addHandler(
        handler, position: ChannelPipeline.SynchronousOperations.Position.after(decoder))
    }
  }
}
