/// Whether a version of the application may work on a database at all.
package enum Admission {
  /// The compat version of a database that `port` is filling: no application's version admits it.
  package static let portSeal = Int(Int32.max)

  /// What is said of such a database, and what to do.
  static let ofSealed = (
    message: "the database is being filled by 'port', or that was interrupted",
    hint: "let 'port' come to its end; where it was interrupted, run it again"
  )

  /// What a schema version may be: both engines hold it as a whole number of 32 bits.
  static let versions = 0..<portSeal

  /// - Throws: `GradusError` where the database is too new or has no schema yet.
  package static func check(_ state: DatabaseState, version: Int) throws {
    if state.compatVersion == portSeal {
      throw GradusError(.databaseTooNew, ofSealed.message, hint: ofSealed.hint)
    }
    if let compat = state.compatVersion, compat > version {
      throw GradusError(
        .databaseTooNew,
        "the database may only be opened by schema version \(compat) or later; this is version \(version)",
        hint: "install a release of schema version \(compat) or later"
          + (state.version.map { " (the database is at \($0.number))" } ?? ""))
    }
  }

  /// - Throws: `GradusError` where the deltas that would upgrade the database have been squashed.
  static func checkUpgrade(of state: DatabaseState, ledger: Ledger) throws {
    guard let oldest = ledger.upgradesFrom, let version = state.version?.number,
      version < min(oldest, ledger.version)
    else { return }
    throw GradusError(
      .databaseTooOld,
      "the database is at schema version \(version), and this release upgrades from version \(oldest) on: its deltas up to there are squashed",
      hint:
        "first migrate with a release of schema version \(oldest) from before that, whose ledger has no 'upgrades_from' above \(version); then with this one"
    )
  }

  /// As `check`, for what needs a database that has been made.
  package static func checkExisting(_ state: DatabaseState, version: Int) throws {
    try check(state, version: version)
    try checkMade(state)
  }

  /// - Throws: `GradusError` where the database has no schema yet: a wrong address is not an empty queue.
  package static func checkMade(_ state: DatabaseState) throws {
    guard state.version != nil else {
      throw GradusError(.invalidTree, "the database has no schema yet", hint: "run 'migrate' first")
    }
  }
}
