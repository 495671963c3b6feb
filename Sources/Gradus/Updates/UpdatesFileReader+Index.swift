import GradusSQL

extension UpdatesFileReader {
  /// How many bytes of a name PostgreSQL keeps.
  private static let longestName = 63

  /// The name of an index. One that PostgreSQL would cut is refused: another index that begins alike would be taken for it,
  /// and the declared one never built.
  ///
  /// - Parameter key: what holds it.
  func indexName(_ key: String, _ map: YAMLMapping) throws -> String {
    let node = try map.require(key)
    let name = try map.reader.text(node)
    let isWhole = name.utf8.count <= Self.longestName
    guard try isWhole || !engines(map).contains(.postgres) else {
      throw map.reader.error(
        node,
        "the index '\(name)' has a name of which PostgreSQL keeps the first \(Self.longestName) bytes only",
        hint: key == "replaces"
          ? "give these: the index is there under them" : "give a shorter one by 'index'")
    }
    return name
  }
}
