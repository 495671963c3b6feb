internal import CGradusSQLite
import GradusSQL

/// SQLite's authorizer, which is asked what a statement is about to do whenever one is prepared.
///
/// It is set once a connection, since setting it expires all prepared statements. While a script runs it refuses
/// transaction control, ATTACH and DETACH: a COMMIT within a delta would split it from its record. VACUUM does its work by
/// statements of its own, of both kinds, which pass. While a script is only looked at it lets no PRAGMA pass. And it notes
/// which columns a statement uses.
final class Authorizer {
  private var forbidsTransactionControl = false
  private var hasRefused = false
  private var isVacuuming = false
  private var ignoresPragmas = false
  /// Nil while nobody asks.
  private var uses: Set<StatementDescription.ColumnUse>?

  func install(on database: OpaquePointer) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    sqlite3_set_authorizer(
      database,
      { context, action, first, second, _, _ in
        Unmanaged<Authorizer>.fromOpaque(context!).takeUnretainedValue().judge(action, first, second)
      }, context)
  }

  private func judge(_ action: Int32, _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?)
    -> Int32
  {
    if uses != nil { note(action, first, second) }
    if ignoresPragmas, action == SQLITE_PRAGMA { return SQLITE_IGNORE }
    guard forbidsTransactionControl else { return SQLITE_OK }
    switch action {
    case SQLITE_TRANSACTION where isVacuuming: return SQLITE_OK
    // Into a file without a name. VACUUM INTO writes one that has one.
    case SQLITE_ATTACH where isVacuuming && first?.pointee == 0: return SQLITE_OK
    case SQLITE_TRANSACTION, SQLITE_SAVEPOINT, SQLITE_ATTACH, SQLITE_DETACH:
      hasRefused = true
      return SQLITE_DENY
    default: return SQLITE_OK
    }
  }

  private func note(_ action: Int32, _ table: UnsafePointer<CChar>?, _ column: UnsafePointer<CChar>?) {
    guard let table else { return }
    let name = String(cString: table)
    // A table that is only counted is read with the column "".
    let part = column.map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    switch action {
    case SQLITE_READ: uses?.insert(.init(table: name, column: part, kind: .read))
    case SQLITE_UPDATE: uses?.insert(.init(table: name, column: part, kind: .write))
    case SQLITE_INSERT, SQLITE_DELETE: uses?.insert(.init(table: name, column: nil, kind: .write))
    default: break
    }
  }

  func notingUses<R>(_ body: () throws -> R) rethrows -> (R, Set<StatementDescription.ColumnUse>) {
    uses = []
    defer { uses = nil }
    let result = try body()
    return (result, uses ?? [])
  }

  /// Many a setting changes when its PRAGMA is prepared, and not when it is run.
  func ignoringPragmas(_ body: () throws -> Void) rethrows {
    ignoresPragmas = true
    defer { ignoresPragmas = false }
    try body()
  }

  /// Runs a statement of a script.
  ///
  /// - Parameter isVacuum: whether it is VACUUM.
  func running<R>(isVacuum: Bool, _ body: () throws -> R) rethrows -> R {
    isVacuuming = isVacuum
    defer { isVacuuming = false }
    return try body()
  }

  func withTransactionControlForbidden(_ body: () throws -> Void) throws {
    forbidsTransactionControl = true
    hasRefused = false
    defer { forbidsTransactionControl = false }
    do {
      try body()
    } catch var failure as ScriptError where hasRefused {
      failure.error.code = .forbiddenStatement
      failure.error.message =
        "BEGIN, COMMIT, ROLLBACK, SAVEPOINT, ATTACH, DETACH and VACUUM INTO are not allowed in a script"
      failure.error.hint =
        "remove the statement: where a script runs in a transaction, Gradus begins and ends it"
      throw failure
    }
  }
}
