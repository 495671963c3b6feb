import GradusCatalog
import GradusSQL

extension Catalog {
  /// The table of which a table is a partition, or from which alone it inherits.
  func parent(of table: String) -> String? {
    let options = tables[table]?.options.filter { $0.hasPrefix("of ") } ?? []
    return options.map { $0.dropFirst("of ".count) }
      // In quotes where it needs them.
      .map { $0.hasPrefix("\"") ? SQLText.unquoted($0) : String($0) }.first { tables[$0] != nil }
  }
}
