extension Planner {
  /// What an updates file does to tables by triggers, for the reason of its step.
  func syncNote(_ file: SchemaFile) -> String {
    guard file.kind == .updates else { return "" }
    let declarations = tree.declarations(in: file, for: engine)
    let lock = engine == .postgres ? " (SHARE ROW EXCLUSIVE)" : ""
    let made = declarations.compactMap(\.syncColumn).map {
      "; makes a trigger on \($0.table)\(lock), which keeps \($0.to) up to date"
    }
    let dropped = declarations.compactMap(\.droppedSync).map {
      "; removes the trigger of \($0)\(engine == .postgres ? " (ACCESS EXCLUSIVE)" : "")"
    }
    return (made + dropped).joined()
  }
}
