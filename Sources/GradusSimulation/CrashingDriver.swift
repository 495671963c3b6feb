public import GradusSQL
import GradusTestSupport

/// Opens the connections of a simulated process.
public struct CrashingDriver: ForwardingDriver {
  /// Opens the real connections.
  public let base: any Driver
  private let crash: CrashSwitch

  /// - Parameters:
  ///   - base: opens the real connections.
  ///   - crash: ends the process.
  public init(_ base: any Driver, _ crash: CrashSwitch) {
    self.base = base
    self.crash = crash
  }

  /// Opens a connection that is cut off when the process dies.
  public func open() throws -> any ConnectionBackend { CrashingBackend(try base.open(), crash) }
}

private final class CrashingBackend: ForwardingBackend {
  private let crash: CrashSwitch

  init(_ base: any ConnectionBackend, _ crash: CrashSwitch) {
    self.crash = crash
    super.init(base)
  }

  override func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
    try visit()
    return try super.run(sql, parameters, row: row)
  }

  override func runRaw(_ sql: String, _ parameters: [SQLValue], row: ([RawValue]) throws -> Bool) throws {
    try visit()
    try super.runRaw(sql, parameters, row: row)
  }

  override func copy(into table: String, columns: [String], _ next: () throws -> CopyText?) throws -> Int {
    try visit()
    return try super.copy(into: table, columns: columns, next)
  }

  override func runScript(_ sql: String) throws {
    try visit()
    try super.runScript(sql)
  }

  override func checkScript(_ sql: String) throws {
    try visit()
    try super.checkScript(sql)
  }

  override func accepts(_ scripts: [String]) throws -> Bool {
    try visit()
    return try super.accepts(scripts)
  }

  override func begin(_ mode: TransactionMode, lockTimeout: Duration?) throws {
    try visit()
    try super.begin(mode, lockTimeout: lockTimeout)
  }

  override func commit() throws {
    try visit()
    try super.commit()
    // The transaction is there, but its owner never heard of it.
    if try crash.visit() { throw CrashSwitch.error }
  }

  private func visit() throws {
    guard try crash.visit() else { return }
    rollback()
    throw CrashSwitch.error
  }
}
