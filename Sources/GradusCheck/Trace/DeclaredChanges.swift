import Gradus
import GradusCatalog
import GradusSQL

/// Tells where an updates file declares what makes a change of the schema.
struct DeclaredChanges {
  private let declarations: [(words: Set<String>, position: SourcePosition?)]

  /// - Parameters:
  ///   - declarations: those of the file.
  ///   - text: the file.
  init(_ declarations: [UpdateDeclaration], in text: DeltaText) {
    self.declarations = declarations.map { declaration in
      (words: Self.words(of: declaration.kind), position: text.position(ofUpdate: declaration.name))
    }
  }

  /// The place of the declaration that names the most of what the change is about; nil where none names anything.
  func position(of change: CatalogChange) -> SourcePosition? {
    let words = Self.words(change.description)
    var best: (count: Int, position: SourcePosition?) = (0, nil)
    for declaration in declarations {
      let count = declaration.words.intersection(words).count
      if count > best.count { best = (count, declaration.position) }
    }
    return best.position
  }

  private static func words(_ texts: String...) -> Set<String> {
    texts.reduce(into: []) { words, text in
      words.formUnion(SQLWords(text).all.filter { $0.first.map { $0.isLetter || $0 == "_" } ?? false })
    }
  }

  private static func words(of kind: UpdateDeclaration.Kind) -> Set<String> {
    var words = UpdateFootprint(kind).words.union(UpdateFootprint(kind).tables)
    switch kind {
    case .index(let index):
      words.formUnion(Self.words("index", index.name, index.replaces ?? ""))
    case .validateConstraint(let constraint):
      words.formUnion(Self.words(constraint.constraint))
      if let column = constraint.setNotNull { words.formUnion(Self.words(column, "not null")) }
    case .constraint(let constraint):
      words.formUnion(Self.words(constraint.name))
      switch constraint.rule {
      case .notNull(let column): words.formUnion(Self.words(column, "not null"))
      case .check(let condition): words.formUnion(Self.words("check", condition))
      case .foreignKey(let key):
        words.formUnion(Self.words("foreign key", key.parent))
        for column in key.columns { words.formUnion(Self.words(column)) }
      }
    default: break
    }
    return words
  }
}
