import GradusSQL

/// Names that the engines tell apart, by their bytes, and that are one wherever Swift compares texts, as é and e with an
/// accent behind it.
package enum EquivalentNames {
  /// Refuses names of which one would be taken for another.
  ///
  /// - Parameters:
  ///   - names: names that the database tells apart.
  ///   - kind: what they are names of.
  /// - Throws: `SQLError` that names two of them.
  package static func refuse(in names: [String], of kind: String) throws {
    let distinct = Set(names)
    guard distinct.count < names.count else { return }
    for name in names {
      guard let index = distinct.firstIndex(of: name) else { continue }
      try refuse(name, besides: distinct[index], of: kind)
    }
  }

  /// Refuses a name that would be taken for another one of a dictionary.
  ///
  /// - Parameters:
  ///   - name: a name that the database tells from all of them.
  ///   - values: what there is by name; nil for nothing.
  ///   - kind: what they are names of.
  /// - Throws: `SQLError` that names both.
  package static func refuse<Value>(
    _ name: String, in values: [String: Value]?, of kind: @autoclosure () -> String
  ) throws {
    guard let values, let index = values.index(forKey: name) else { return }
    try refuse(name, besides: values[index].key, of: kind())
  }

  private static func refuse(_ name: String, besides other: String, of kind: String) throws {
    guard !other.hasSameBytes(as: name) else { return }
    throw SQLError(
      .other,
      "two \(kind) have names that are one by Unicode's rules: '\(spelt(other))' and '\(spelt(name))'",
      hint: "rename one of them")
  }

  /// With numbers in place of what looks the same.
  private static func spelt(_ name: String) -> String {
    name.unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
  }
}
