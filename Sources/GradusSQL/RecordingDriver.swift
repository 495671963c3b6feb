/// Notes every statement that a database runs, scripts excepted. One that it refuses, such as for a value that is missing, is
/// none of a release's queries.
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
    var hasRun = false
    defer { if hasRun { recorder.note(sql, parameters, on: engine) } }
    let count = try super.run(sql, parameters) {
      // Whoever reads the rows may fail.
      hasRun = true
      try row($0)
    }
    hasRun = true
    return count
  }
}
