/// Opens connections of one engine.
public protocol Driver: Sendable {
  /// The engine.
  var engine: Engine { get }
  /// The database without secrets, for messages.
  var databaseName: String { get }
  /// The file whose lock stands for the right to migrate; nil where the server keeps such locks itself.
  var lockFile: String? { get }
  /// The folder with a file for each process that runs a version of the application; nil where the server keeps such
  /// locks itself.
  var liveFolder: String? { get }
  /// Opens a connection; blocks until it stands.
  ///
  /// - Throws: `SQLError`.
  func open() throws -> any ConnectionBackend
}

extension Driver {
  /// None: the server keeps locks.
  public var lockFile: String? { nil }
  /// None: the server keeps locks.
  public var liveFolder: String? { nil }
}
