public import GradusSQL

/// Opens the connections of a simulated process.
public struct CrashingDriver: Driver {
  private let base: any Driver
  private let crash: CrashSwitch

  /// - Parameters:
  ///   - base: opens the real connections.
  ///   - crash: ends the process.
  public init(_ base: any Driver, _ crash: CrashSwitch) {
    self.base = base
    self.crash = crash
  }

  /// That of the real connections.
  public var engine: Engine { base.engine }
  /// That of the real connections.
  public var databaseName: String { base.databaseName }
  /// That of the real connections.
  public var liveFolder: String? { base.liveFolder }
  /// That of the real connections.
  public var lockFile: String? { base.lockFile }

  /// Opens a connection that is cut off when the process dies.
  public func open() throws -> any ConnectionBackend { CrashingBackend(try base.open(), crash) }
}

private final class CrashingBackend: ConnectionBackend {
  private let base: any ConnectionBackend
  private let crash: CrashSwitch

  init(_ base: any ConnectionBackend, _ crash: CrashSwitch) {
    self.base = base
    self.crash = crash
  }

  var engine: Engine { base.engine }
  var interrupter: any Interrupter { base.interrupter }
  var isInTransaction: Bool { base.isInTransaction }

  func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
    try visit()
    return try base.run(sql, parameters, row: row)
  }

  func runScript(_ sql: String) throws {
    try visit()
    try base.runScript(sql)
  }

  func checkScript(_ sql: String) throws {
    try visit()
    try base.checkScript(sql)
  }

  func begin(_ mode: TransactionMode) throws {
    try visit()
    try base.begin(mode)
  }

  func commit() throws {
    try visit()
    try base.commit()
    // The transaction is there, but its owner never heard of it.
    if try crash.visit() { throw CrashSwitch.error }
  }

  private func visit() throws {
    guard try crash.visit() else { return }
    base.rollback()
    throw CrashSwitch.error
  }

  func rollback() { base.rollback() }
  func close() { base.close() }
}
