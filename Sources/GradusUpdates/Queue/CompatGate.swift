import Gradus
import GradusSQL

/// Keeps a version from running updates past which the database's compat version has risen.
///
/// Whoever raises it waits for the processes that have announced an older version, but does not see one that has lost the
/// connection of its announcement, and finds out only when it looks again. So each batch looks by itself, in the statement
/// that locks its progress, and on PostgreSQL once more in the one that saves it: what the first says may be from before it
/// waited for the lock, and the compat version may rise while the batch runs.
struct CompatGate: Sendable {
  /// The application's schema version; nil where it has told none, so that nothing is kept out.
  let version: Int?

  /// The database's compat version, as SQL; NULL where it has none.
  static let compat = "(SELECT max(compat_version) FROM schema_compat_version)"

  /// What a statement has returned that asks for `compat` first.
  static func compat(in row: Row?) -> Int? { row?[0].integer.map { Int($0) } }

  /// - Parameter compat: the database's compat version.
  /// - Throws: `GradusError` with code `databaseTooNew`.
  func check(_ compat: Int?) throws {
    // The seal of a port keeps applications out, and not the workers of the port itself.
    guard let version, compat != Admission.portSeal else { return }
    try Admission.check(DatabaseState(compatVersion: compat), version: version)
  }

  /// As the other, for work that locks nothing before it begins.
  func check(_ connection: Connection) throws {
    guard version != nil else { return }
    try check(Self.compat(in: connection.queryRow("SELECT \(Self.compat)")))
  }
}
