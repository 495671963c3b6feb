/// Something that happens once, and that may be waited for.
struct Signal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream(of: Void.self) }

  /// It has happened.
  func give() { continuation.finish() }

  /// Waits until it has happened, or the task is cancelled.
  func wait() async { for await _ in stream {} }
}
