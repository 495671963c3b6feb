/// One way in which a schema differs from another: what was done to get from the first to the second.
package enum CatalogChange: Sendable, Hashable {
  case addTable(String)
  case dropTable(String)
  case addColumn(String, CatalogColumn)
  case dropColumn(String, CatalogColumn)
  case changeColumn(String, from: CatalogColumn, to: CatalogColumn)
  /// The same columns in another order.
  case reorderColumns(String, from: [String], to: [String])
  case addConstraint(String, CatalogConstraint)
  case dropConstraint(String, CatalogConstraint)
  /// Rows that were there before have been checked, or count as not checked.
  case validateConstraint(String, CatalogConstraint, isValidated: Bool)
  case addIndex(String, name: String, CatalogIndex)
  case dropIndex(String, name: String, CatalogIndex)
  case addTrigger(String, name: String, String)
  case dropTrigger(String, name: String, String)
  case addOption(String, String)
  case dropOption(String, String)
  case addView(String, String)
  case dropView(String, String)
  case addSequence(String)
  case dropSequence(String)
  case addFunction(String, String)
  case dropFunction(String, String)
  case changeEnumeration(String, from: [String], to: [String])
  case addObject(CatalogObject)
  case dropObject(CatalogObject)
  case changeObject(from: CatalogObject, to: CatalogObject)
}

extension CatalogChange {
  /// The table, or the view of a trigger or rule, that it is about; nil where it is about something else.
  package var table: String? {
    switch self {
    case .addTable(let table), .dropTable(let table), .addColumn(let table, _), .dropColumn(let table, _),
      .changeColumn(let table, _, _), .reorderColumns(let table, _, _), .addConstraint(let table, _),
      .dropConstraint(let table, _), .validateConstraint(let table, _, _), .addIndex(let table, _, _),
      .dropIndex(let table, _, _), .addTrigger(let table, _, _), .dropTrigger(let table, _, _),
      .addOption(let table, _), .dropOption(let table, _):
      table
    case .addObject(let object), .dropObject(let object), .changeObject(_, let object): object.table
    case .addView, .dropView, .addSequence, .dropSequence, .addFunction, .dropFunction, .changeEnumeration:
      nil
    }
  }
}

extension CatalogChange: CustomStringConvertible {
  /// A line: `+` for what is there in the second schema only, `-` in the first only, `~` for what is otherwise.
  package var description: String {
    switch self {
    case .addTable(let table): "+ table \(table)"
    case .dropTable(let table): "- table \(table)"
    case .addColumn(let table, let column): "+ column \(table).\(column)"
    case .dropColumn(let table, let column): "- column \(table).\(column)"
    case .changeColumn(let table, let from, let to): "~ column \(table).\(from) -> \(to)"
    case .reorderColumns(let table, let from, let to):
      "~ order of \(table): \(from.joined(separator: ", ")) -> \(to.joined(separator: ", "))"
    case .addConstraint(let table, let constraint): "+ constraint of \(table): \(constraint)"
    case .dropConstraint(let table, let constraint): "- constraint of \(table): \(constraint)"
    case .validateConstraint(let table, let constraint, let isValidated):
      "~ constraint of \(table): \(constraint) is \(isValidated ? "" : "not ")validated"
    case .addIndex(_, let name, let index): "+ index \(name): \(index.definition)"
    case .dropIndex(_, let name, let index): "- index \(name): \(index.definition)"
    case .addTrigger(let table, let name, _): "+ trigger \(name) of \(table)"
    case .dropTrigger(let table, let name, _): "- trigger \(name) of \(table)"
    case .addOption(let table, let option): "+ \(table): \(option)"
    case .dropOption(let table, let option): "- \(table): \(option)"
    case .addView(let name, _): "+ view \(name)"
    case .dropView(let name, _): "- view \(name)"
    case .addSequence(let name): "+ sequence \(name)"
    case .dropSequence(let name): "- sequence \(name)"
    case .addFunction(let name, _): "+ function \(name)"
    case .dropFunction(let name, _): "- function \(name)"
    case .changeEnumeration(let name, let from, let to):
      "~ values of \(name): \(from.joined(separator: ", ")) -> \(to.joined(separator: ", "))"
    case .addObject(let object): "+ \(object.title)"
    case .dropObject(let object): "- \(object.title)"
    case .changeObject(let from, let to):
      "~ \(to.title): \(from.definition.onOneLine) -> \(to.definition.onOneLine)"
    }
  }
}

extension String {
  /// With a blank for each line's end and what is around it.
  fileprivate var onOneLine: String {
    split(whereSeparator: \.isNewline).map { line in String(line.drop { $0 == " " }) }.joined(separator: " ")
  }
}

extension CatalogColumn: CustomStringConvertible {
  /// As a definition would write it.
  package var description: String {
    ([name, type]
      + [isNullable ? nil : "not null", defaultValue.map { "default \($0)" }, generation]
      .compactMap { $0 }).filter { !$0.isEmpty }.joined(separator: " ")
  }
}

extension CatalogConstraint: CustomStringConvertible {
  /// Name and definition.
  package var description: String { (name.map { "\($0) " } ?? "") + definition }
}
