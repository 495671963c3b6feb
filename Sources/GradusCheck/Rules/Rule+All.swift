extension Rule {
  /// All rules.
  package static let all: [Rule] =
    compat
    + discipline
    + rows
    + postgres
    + sqlite
    + updates
    + queries

  private static let byID = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0) })

  /// The rule of an identifier.
  package static func find(_ id: String) -> Rule? { byID[id] }
}
