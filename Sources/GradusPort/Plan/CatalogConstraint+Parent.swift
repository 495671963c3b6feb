package import GradusCatalog

extension CatalogConstraint {
  /// The table that a foreign key of PostgreSQL refers to, without its schema; nil of other constraints.
  package var parent: String? {
    guard kind == .foreignKey, let mark = definition.firstRange(of: ") REFERENCES ") else { return nil }
    var name = ""
    var isQuoted = false
    for (index, character) in zip(definition[mark.upperBound...].indices, definition[mark.upperBound...]) {
      if character == "\"" {
        // Two of them within a quoted name are one.
        if !isQuoted, index > mark.upperBound, definition[definition.index(before: index)] == "\"" {
          name.append(character)
        }
        isQuoted.toggle()
      } else if isQuoted {
        name.append(character)
      } else if character == "(" {
        break
      } else if character == "." {
        name = ""
      } else {
        name.append(character)
      }
    }
    return name
  }
}
