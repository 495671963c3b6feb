import ArgumentParser
import Foundation

/// What the flags say of an update.
struct NewUpdateOptions: ParsableArguments {
  @Option(help: "The table whose rows it is about; of a drain, the queue table.") var table: String?
  @Option(help: ArgumentHelp("The table's key.", valueName: "columns")) var key: [String] = []
  @Option(help: ArgumentHelp("Of an index, or of a foreign key.", valueName: "columns")) var columns:
    [String] = []
  @Option(help: "The SQL of a backfill or drain, with {range}, or of a script.") var sql: String?
  @Option(help: ArgumentHelp("The rows that a backfill or a partial index is for.", valueName: "sql"))
  var `where`: String?
  @Flag(help: "A unique index.") var unique = false
  @Option(help: ArgumentHelp("The index's name; the update's by default.", valueName: "name")) var index:
    String?
  @Option(help: ArgumentHelp("An index to drop once the new one is there.", valueName: "index"))
  var replaces: String?
  @Option(help: ArgumentHelp("The constraint.", valueName: "name")) var constraint: String?
  @Option(help: ArgumentHelp("What must hold for each row.", valueName: "sql")) var check: String?
  @Option(help: ArgumentHelp("A constraint: the column that must not be NULL.", valueName: "column"))
  var notNull: String?
  @Option(help: ArgumentHelp("A constraint: what --columns refer to.", valueName: "table(columns)"))
  var references: String?
  @Option(
    help: ArgumentHelp("cascade, set_null, restrict or no_action.", valueName: "action"),
    completion: .list(["cascade", "set_null", "restrict", "no_action"]))
  var onDelete: String?
  @Flag(help: "A foreign key that is checked at the end of a transaction.") var deferrable = false
  @Flag(help: "Delete rows that violate the constraint.") var deleteViolations = false
  @Option(help: ArgumentHelp("The column to mark NOT NULL once it is validated.", valueName: "column"))
  var setNotNull: String?
  @Option(help: ArgumentHelp("The columns that a synchronised one is computed from.", valueName: "columns"))
  var from: [String] = []
  @Option(help: ArgumentHelp("The synchronised column.", valueName: "column")) var into: String?
  @Option(help: ArgumentHelp("Its value.", valueName: "sql")) var using: String?
  @Option(help: ArgumentHelp("The value of --from where --into alone was written.", valueName: "sql"))
  var reverse: String?
  @Option(help: ArgumentHelp("The sync_column whose trigger goes.", valueName: "update")) var sync: String?

  /// Those that are given.
  var fields: [UpdateField: [String]] {
    let one: [UpdateField: String?] = [
      .table: table, .sql: sql, .where: `where`, .index: index, .replaces: replaces, .constraint: constraint,
      .check: check, .notNull: notNull, .references: references, .onDelete: onDelete, .setNotNull: setNotNull,
      .into: into, .using: using, .reverse: reverse, .sync: sync,
    ]
    let many: [UpdateField: [String]] = [
      .key: ColumnList.split(key), .columns: ColumnList.split(columns), .from: ColumnList.split(from),
    ]
    let flags: [UpdateField: Bool] = [
      .unique: unique, .deferrable: deferrable, .deleteViolations: deleteViolations,
    ]
    return one.compactMapValues { $0.map { [$0] } }.merging(many.filter { !$0.value.isEmpty }) { $1 }
      .merging(flags.filter(\.value).mapValues { _ in [] }) { $1 }
  }

  /// Refuses what the kind does not take, and names what it lacks.
  func check(_ kind: UpdateKind) throws {
    let fields = fields
    let known = kind.needs + kind.takes
    if let foreign = UpdateField.allCases.first(where: { fields[$0] != nil && !known.contains($0) }) {
      let flags = known.map(\.flag).joined(separator: ", ")
      throw ValidationError(
        "an update of kind \(kind.rawValue) does not take \(foreign.flag)\(flags.isEmpty ? "" : "; it takes \(flags)")"
      )
    }
    let missing = kind.needs.filter { fields[$0] == nil }
    guard missing.isEmpty else {
      throw ValidationError(
        "an update of kind \(kind.rawValue) needs \(missing.map(\.flag).joined(separator: ", "))")
    }
    guard kind == .constraint else { return }
    let rules: [UpdateField] = [.notNull, .check, .references]
    guard rules.filter({ fields[$0] != nil }).count == 1 else {
      throw ValidationError("a constraint needs one of \(rules.map(\.flag).joined(separator: ", "))")
    }
    guard (fields[.references] == nil) == (fields[.columns] == nil) else {
      throw ValidationError("a foreign key needs --columns and --references 'table(columns)'")
    }
    if let field = [UpdateField.onDelete, .deferrable].first(where: { fields[$0] != nil }), references == nil
    {
      throw ValidationError("\(field.flag) is about a foreign key, and needs --references")
    }
    guard references?.wholeMatch(of: #/[^()]+\([^()]+\)/#) != nil || references == nil else {
      throw ValidationError("--references is a table with its columns: --references 'customers(name)'")
    }
  }
}
