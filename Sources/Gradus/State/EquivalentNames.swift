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
      let other = distinct[index]
      guard !other.hasSameBytes(as: name) else { continue }
      throw SQLError(
        .other,
        "two \(kind) have names that are one by Unicode's rules: '\(spelt(other))' and '\(spelt(name))'",
        hint: "rename one of them")
    }
  }

  /// With numbers in place of what looks the same.
  private static func spelt(_ name: String) -> String {
    name.unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
  }
}
