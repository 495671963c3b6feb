import Foundation
import GradusCatalog

extension CatalogConstraint {
  /// The table among these that a foreign key refers to; nil where it is none of them.
  func parent(among tables: some Sequence<String>) -> String? {
    guard kind == .foreignKey,
      let range = definition.range(of: " references ", options: .caseInsensitive)
    else { return nil }
    let rest = definition[range.upperBound...].lowercased()
    // A name may hold blanks, and be the beginning of another one.
    return tables.filter { table in
      let name = table.lowercased()
      return [name, "\"\(name)\""].contains {
        rest == $0 || rest.hasPrefix($0 + " ") || rest.hasPrefix($0 + "(")
      }
    }.max { $0.count < $1.count }
  }
}
