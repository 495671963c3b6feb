/// The name of a trigger that Gradus makes.
enum TriggerName {
  /// PostgreSQL cuts names at 63 bytes.
  private static let limit = 63

  /// - Parameters:
  ///   - prefix: what tells Gradus's triggers of a kind.
  ///   - name: whose it is; where that is too long its checksum stands in its place.
  ///   - suffix: which of several it is.
  static func of(_ prefix: String, _ name: String, _ suffix: String = "") -> String {
    let full = prefix + name + suffix
    guard full.utf8.count > limit else { return full }
    return prefix + Checksum.of(name).dropFirst("fnv1a:".count) + suffix
  }
}
