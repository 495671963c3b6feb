import Logging

/// Gives each record one line: ends of lines in it, such as those of a statement or of a name in a database, are
/// written as `\n`, and what a terminal obeys is taken out.
struct OneLineLogHandler: LogHandler {
  private var handler: any LogHandler

  /// - Parameter handler: gets the records.
  init(_ handler: any LogHandler) { self.handler = handler }

  var logLevel: Logger.Level {
    get { handler.logLevel }
    set { handler.logLevel = newValue }
  }

  var metadata: Logger.Metadata {
    get { handler.metadata }
    set { handler.metadata = Self.escaped(newValue) }
  }

  var metadataProvider: Logger.MetadataProvider? {
    get { handler.metadataProvider }
    set { handler.metadataProvider = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { handler[metadataKey: Self.escaped(key)] }
    set { handler[metadataKey: Self.escaped(key)] = newValue.map(Self.escaped) }
  }

  func log(event: LogEvent) {
    var event = event
    event.message = "\(Self.escaped("\(event.message)"))"
    event.metadata = event.metadata.map(Self.escaped)
    handler.log(event: event)
  }

  private static func escaped(_ text: String) -> String {
    let lines = text.replacing("\r\n", with: "\\n").replacing("\n", with: "\\n").replacing("\t", with: "\\t")
    return Text.printable(lines)
  }

  private static func escaped(_ value: Logger.Metadata.Value) -> Logger.Metadata.Value {
    .string(escaped("\(value)"))
  }

  private static func escaped(_ metadata: Logger.Metadata) -> Logger.Metadata {
    Dictionary(metadata.map { (escaped($0), escaped($1)) }) { first, _ in first }
  }
}
