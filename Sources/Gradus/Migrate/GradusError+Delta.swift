import GradusSQL

extension GradusError {
  /// The error of a delta's or full schema's statement.
  init(delta file: SchemaFile, _ failure: ScriptError, hint: String) {
    self.init(
      .deltaFailed, "statement \(failure.ordinal) failed", file: file.path, position: failure.error.position,
      statement: failure.error.statement, hint: failure.error.hint ?? hint, cause: failure.error)
  }

  /// What comes of an error that a delta in Swift has thrown. One of the database's that is not the delta's own stays what it
  /// is, also where a script has met it: it is tried again, or told as it would be of any other statement.
  static func failure(ofCode file: SchemaFile, _ error: any Error) -> any Error {
    if error is GradusError || error is CancellationError { return error }
    guard let cause = error.sqlError else {
      return GradusError(
        .deltaFailed, "the Swift delta failed: \(error)", file: file.path,
        hint: "nothing of this delta was kept; mend it and run again")
    }
    guard cause.code.isOfStatement else { return cause }
    return GradusError(.deltaFailed, "the Swift delta failed", file: file.path, cause: cause)
  }

  /// The error, which says too what an earlier step has changed for other processes.
  ///
  /// - Parameter compat: the compat version that this run has raised the database to; nil where it has not.
  func telling(raisedCompat compat: Int?) -> GradusError {
    guard let compat else { return self }
    var error = self
    let hint = hint ?? cause?.hint ?? cause?.code.advice
    error.hint =
      (hint.map { $0 + "; " } ?? "")
      + "the compat version was raised to \(compat) before: versions below it can open the database no more"
    return error
  }
}
