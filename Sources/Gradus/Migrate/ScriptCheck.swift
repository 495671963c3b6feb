import GradusSQL

/// Parses the scripts of a plan before its first step, so that a syntax error changes nothing at all.
struct ScriptCheck {
  let plan: Plan
  let scripts: ScriptStore

  /// Files whose scripts go to the engine at once: few enough that the memory for them is nothing to speak of.
  private static let filesAtOnce = 100

  func run(on session: Session) async throws {
    let files = plan.steps.flatMap { step -> [SchemaFile] in
      switch step.action {
      case .applyDelta(let file): [file]
      case .createSchema(_, let files): files
      default: []
      }
    }
    let unchecked = files.filter { isUnchecked($0, for: session.engine) }
    guard !unchecked.isEmpty else { return }
    if session.engine == .sqlite { try checkForeignKeys() }
    try await session.run { connection in
      var rest = unchecked[...]
      while !rest.isEmpty {
        let files = Array(rest.prefix(Self.filesAtOnce))
        rest = rest.dropFirst(Self.filesAtOnce)
        let texts = try files.map { try scripts.script(of: $0, for: connection.engine).sql }
        if try !connection.accepts(texts) { try explain(files, on: connection) }
        scripts.setChecked(files, for: connection.engine)
      }
    }
  }

  private func isUnchecked(_ file: SchemaFile, for engine: Engine) -> Bool {
    if case .sql = file.kind { !scripts.isChecked(file, for: engine) } else { false }
  }

  /// Of deltas alone: while a full schema is made there are no rows to lose.
  private func checkForeignKeys() throws {
    for step in plan.steps {
      guard case .applyDelta(let file) = step.action, isUnchecked(file, for: .sqlite) else { continue }
      try ScriptFaults(try scripts.script(of: file, for: .sqlite), of: file).checkForeignKeys()
    }
  }

  /// Checks script by script, and throws for the first that is at fault.
  private func explain(_ files: [SchemaFile], on connection: Connection) throws {
    for file in files {
      let sql = try scripts.script(of: file, for: connection.engine).sql
      do {
        try connection.checkScript(sql)
      } catch let failure as ScriptError {
        guard failure.error.code.isOfStatement else { throw failure.error }
        let advice = ForeignText.advice(failure.error, in: sql) ?? "mend it"
        throw GradusError(delta: file, failure, hint: "\(advice) and run again; nothing was changed")
      }
    }
  }
}
