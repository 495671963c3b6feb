/// Puts statements into an order in which each finds what it needs.
struct DependencyOrder {
  private let statements: [String: String]
  private let needs: [String: [String]]
  private var begun: Set<String> = []

  /// - Parameters:
  ///   - statements: the statements by what they make.
  ///   - needs: what has to be there before, by what needs it. What no statement makes is there.
  init(_ statements: [String: String], needs: [String: [String]]) {
    self.statements = statements
    self.needs = needs
  }

  /// The statements that make these in their order, each after those of what it needs. None is given twice.
  mutating func statements(making wanted: [String]) -> [String] {
    var result: [String] = []
    for name in wanted { append(name, to: &result) }
    return result
  }

  /// Whether one of some things needs another, by whatever is between them.
  static func needs(_ wanted: String, among things: [String], _ needs: [String: [String]]) -> Bool {
    var (open, seen) = (things, Set(things))
    while let name = open.popLast() {
      if name == wanted { return true }
      open += (needs[name] ?? []).filter { seen.insert($0).inserted }
    }
    return false
  }

  /// Of what needs each other the one that comes first is made last.
  private mutating func append(_ name: String, to result: inout [String]) {
    guard begun.insert(name).inserted else { return }
    for need in needs[name] ?? [] { append(need, to: &result) }
    if let statement = statements[name] { result.append(statement) }
  }
}
