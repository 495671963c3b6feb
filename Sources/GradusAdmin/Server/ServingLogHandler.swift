import Logging

/// Passes on what the HTTP library logs while it serves, and not what it says of a start that fails or of its end: who ends
/// it tells the reason better.
struct ServingLogHandler: LogHandler {
  private var handler: any LogHandler
  private let isServing: @Sendable () -> Bool

  /// - Parameters:
  ///   - handler: gets what is passed on.
  ///   - isServing: whether the server is up.
  init(_ handler: any LogHandler, isServing: @escaping @Sendable () -> Bool) {
    self.handler = handler
    self.isServing = isServing
  }

  var logLevel: Logger.Level {
    get { handler.logLevel }
    set { handler.logLevel = newValue }
  }

  var metadata: Logger.Metadata {
    get { handler.metadata }
    set { handler.metadata = newValue }
  }

  var metadataProvider: Logger.MetadataProvider? {
    get { handler.metadataProvider }
    set { handler.metadataProvider = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { handler[metadataKey: key] }
    set { handler[metadataKey: key] = newValue }
  }

  func log(event: LogEvent) {
    if isServing() { handler.log(event: event) }
  }
}
