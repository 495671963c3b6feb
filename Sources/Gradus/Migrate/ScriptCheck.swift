import GradusSQL

/// Parses the scripts of a plan before its first step, so that a syntax error changes nothing at all.
struct ScriptCheck {
  let plan: Plan

  func run(on session: Session) async throws {
    let files = plan.steps.flatMap { step -> [SchemaFile] in
      switch step.action {
      case .applyDelta(let file): [file]
      case .createSchema(_, let files): files
      default: []
      }
    }
    guard !files.isEmpty else { return }
    try await session.run { connection in
      for file in files {
        guard case .sql = file.kind else { continue }
        do {
          try connection.checkScript(try DeltaScript(file, engine: connection.engine).sql)
        } catch let failure as ScriptError {
          throw GradusError(delta: file, failure, hint: "mend it and run again; nothing was changed")
        }
      }
    }
  }
}

extension GradusError {
  /// The error of a delta's or full schema's statement.
  init(delta file: SchemaFile, _ failure: ScriptError, hint: String) {
    self.init(
      .deltaFailed, "statement \(failure.ordinal) failed", file: file.path, position: failure.error.position,
      statement: failure.error.statement, hint: failure.error.hint ?? hint, cause: failure.error)
  }
}
