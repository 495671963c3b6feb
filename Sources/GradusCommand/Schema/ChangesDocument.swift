import GradusCatalog

/// The JSON that `schema diff` and `drift` write.
struct ChangesDocument: Encodable {
  struct Change: Encodable {
    /// The database that it is about, where there are several.
    var database: String?
    var table: String?
    var change: String

    init(_ change: CatalogChange, of database: String? = nil) {
      self.database = database
      table = change.table
      self.change = "\(change)"
    }

    /// A line for people.
    var text: String { (database.map { "\(Text.printable($0)): " } ?? "") + change }
  }

  var format = 1
  var changes: [Change]

  /// Shows changes and, where there are some, ends with the exit status for findings.
  static func show(_ changes: [Change], _ format: OutputOptions.Format, none: String) throws {
    switch format {
    case .json: try Terminal.json(ChangesDocument(changes: changes))
    case .text: Terminal.result(changes.isEmpty ? none : changes.map(\.text).joined(separator: "\n"))
    }
    if !changes.isEmpty { throw ExitStatus.pending }
  }
}
