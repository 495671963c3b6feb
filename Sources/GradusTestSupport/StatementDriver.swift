package import GradusSQL

/// Opens connections that tell of each statement and script before they run it, so that a test can note it, hold it up or
/// have it fail.
package struct StatementDriver: ForwardingDriver {
  package let base: any Driver
  private let willRun: @Sendable (_ sql: String) throws -> Void

  /// - Parameters:
  ///   - base: what opens the connections.
  ///   - willRun: gets what is about to run, which fails with what this throws.
  package init(_ base: any Driver, willRun: @escaping @Sendable (_ sql: String) throws -> Void) {
    self.base = base
    self.willRun = willRun
  }

  package func open() throws -> any ConnectionBackend { StatementBackend(try base.open(), willRun) }
}

private final class StatementBackend: ForwardingBackend {
  private let willRun: @Sendable (String) throws -> Void

  init(_ base: any ConnectionBackend, _ willRun: @escaping @Sendable (String) throws -> Void) {
    self.willRun = willRun
    super.init(base)
  }

  override func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
    try willRun(sql)
    return try super.run(sql, parameters, row: row)
  }

  override func runScript(_ sql: String) throws {
    try willRun(sql)
    try super.runScript(sql)
  }
}
