import NIOCore
import NIOHTTP1

/// Closes a connection on which an answer takes too long to go: the library waits without a limit for a client that does
/// not read, and as many of these as there may be connections would keep all others out.
final class AnswerDeadlineHandler: ChannelOutboundHandler, RemovableChannelHandler {
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let limit: TimeAmount
  /// That of the answer which is being written.
  private var deadline: Scheduled<Void>?

  /// - Parameter limit: how long after its head the system must have taken an answer's end.
  init(_ limit: TimeAmount) { self.limit = limit }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head:
      let channel = context.channel
      deadline?.cancel()
      deadline = context.eventLoop.scheduleTask(in: limit) { channel.close(mode: .all, promise: nil) }
      context.write(data, promise: promise)
    case .body: context.write(data, promise: promise)
    case .end:
      let taken = promise ?? context.eventLoop.makePromise(of: Void.self)
      // Its own: the next answer may be written before this one is taken.
      if let deadline { taken.futureResult.whenComplete { _ in deadline.cancel() } }
      deadline = nil
      context.write(data, promise: taken)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.cancel()
    deadline = nil
  }
}
