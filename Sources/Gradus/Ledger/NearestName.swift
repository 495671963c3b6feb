/// Finds what a misspelt name may have meant.
package enum NearestName {
  /// The known name at the least edit distance, if at most a third of the name differs.
  package static func of(_ name: String, among known: some Sequence<String>) -> String? {
    let candidates = known.map { (name: $0, distance: distance(name, $0)) }
    guard let best = candidates.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(2, name.count / 3) ? best.name : nil
  }

  /// What to say of a misspelt name where a known one is near.
  package static func hint(for name: String, among known: some Sequence<String>) -> String? {
    of(name, among: known).map { "did you mean '\($0)'?" }
  }

  /// What to say of a misspelt name.
  ///
  /// - Parameter otherwise: what to say where no known name is near.
  package static func hint(
    for name: String, among known: some Sequence<String>, otherwise: @autoclosure () -> String
  ) -> String {
    hint(for: name, among: known) ?? otherwise()
  }

  /// Levenshtein's distance: how many characters must be inserted, removed or replaced.
  static func distance(_ first: String, _ second: String) -> Int {
    let second = Array(second)
    var row = Array(0...second.count)
    for (i, character) in first.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in second.indices {
        let replaced = diagonal + (second[j] == character ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[second.count]
  }
}
