/// Notes every statement that goes to a database, scripts excepted.
///
///     let recorder = QueryRecorder()
///     let session = try await Session.open(RecordingDriver(driver, recorder))
public struct RecordingDriver: ForwardingDriver {
  /// What opens the connections.
  public let base: any Driver
  private let recorder: QueryRecorder

  /// - Parameters:
  ///   - base: what opens the connections.
  ///   - recorder: where statements are noted.
  public init(_ base: any Driver, _ recorder: QueryRecorder) {
    self.base = base
    self.recorder = recorder
  }

  /// Opens a connection whose statements are noted.
  public func open() throws -> any ConnectionBackend { RecordingBackend(try base.open(), recorder) }
}

private final class RecordingBackend: ForwardingBackend {
  private let recorder: QueryRecorder

  init(_ base: any ConnectionBackend, _ recorder: QueryRecorder) {
    self.recorder = recorder
    super.init(base)
  }

  override func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
    recorder.note(sql, parameters, on: engine)
    return try super.run(sql, parameters, row: row)
  }
}
