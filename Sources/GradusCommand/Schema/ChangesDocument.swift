import GradusCatalog

/// The JSON that `schema diff` and `drift` write.
struct ChangesDocument: Encodable {
  struct Change: Encodable {
    var table: String?
    var change: String
  }

  var format = 1
  var changes: [Change]

  /// Shows changes and, where there are some, ends with the exit status for findings.
  static func show(_ changes: [CatalogChange], _ format: OutputOptions.Format, none: String) throws {
    switch format {
    case .json:
      try Terminal.json(ChangesDocument(changes: changes.map { Change(table: $0.table, change: "\($0)") }))
    case .text:
      Terminal.result(changes.isEmpty ? none : changes.map(\.description).joined(separator: "\n"))
    }
    if !changes.isEmpty { throw ExitStatus.pending }
  }
}
