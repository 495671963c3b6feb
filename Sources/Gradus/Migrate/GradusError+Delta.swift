import GradusSQL

extension GradusError {
  /// The error of a delta's or full schema's statement.
  init(delta file: SchemaFile, _ failure: ScriptError, hint: String) {
    self.init(
      .deltaFailed, "statement \(failure.ordinal) failed", file: file.path, position: failure.error.position,
      statement: failure.error.statement, hint: failure.error.hint ?? hint, cause: failure.error)
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
