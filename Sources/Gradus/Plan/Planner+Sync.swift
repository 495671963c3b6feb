extension Planner {
  /// What an updates file does to tables by triggers, for the reason of its step.
  func syncNote(_ file: SchemaFile) -> String {
    guard file.kind == .updates else { return "" }
    let declarations = tree.declarations(in: file, for: engine)
    let lock = engine == .postgres ? " (SHARE ROW EXCLUSIVE)" : ""
    let made = declarations.compactMap(\.syncColumn).map { Self.made($0, lock) }
    let dropped = declarations.compactMap(\.droppedSync).map {
      "; removes the trigger of \($0)\(engine == .postgres ? " (ACCESS EXCLUSIVE)" : "")"
    }
    return (made + dropped).joined()
  }

  /// The same for a full schema, beside which the triggers are made that its deltas would have left.
  func syncNote(ofFullSchema version: Int) -> String {
    tree.standingSyncs(at: version, in: databases, on: engine).compactMap(\.syncColumn)
      .map { Self.made($0) }.joined()
  }

  private static func made(_ sync: UpdateDeclaration.SyncColumn, _ lock: String = "") -> String {
    "; makes a trigger on \(sync.table)\(lock), which keeps \(sync.to) up to date"
  }
}
