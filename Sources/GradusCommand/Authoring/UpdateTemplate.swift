import Foundation
import Gradus
import GradusSQL

/// The text of an updates file with one declaration. Pure.
struct UpdateTemplate {
  let name: String
  let kind: UpdateKind
  /// What the flags say.
  let fields: [UpdateField: [String]]
  var dependsOn: [String] = []
  var ordering: Int?
  /// Nil for both.
  var engine: Engine?
  /// The version whose delta it is.
  let version: Int

  /// Whether the author has something left to write.
  var isUnfinished: Bool { text.contains(UpdateDeclaration.placeholder) }

  /// The file's text.
  var text: String {
    var lines = [
      "# \(name.replacing("_", with: " ")): say why, not what.", "#",
      "# \(purpose)", "updates:", "  - name: \(YAMLText.scalar(name))", "    kind: \(kind.rawValue)",
    ]
    lines += body
    if !dependsOn.isEmpty {
      lines.append("    depends_on: \(YAMLText.oneOrMore(dependsOn))")
    } else if kind != .dropSync {
      lines += ["    # What must be complete first: one, or a list.", "    # depends_on: another_update"]
    }
    if let ordering { lines.append("    ordering: \(ordering)") }
    if let engine { lines.append("    engines: \(engine.rawValue)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private var purpose: String {
    switch kind {
    case .constraint:
      "Added when 'migrate' reaches version \(version). On PostgreSQL old rows are checked in the background."
    case .syncColumn:
      "'migrate' to version \(version) makes the trigger; old rows are filled in the background."
    case .dropSync: "'migrate' to version \(version) removes the trigger, once its rows are filled."
    default: "'migrate' to version \(version) queues it; it runs in batches while the application serves."
    }
  }

  private func first(_ field: UpdateField) -> String? { fields[field]?.first }

  private func line(_ key: String, _ field: UpdateField) -> [String] {
    first(field).map { ["    \(key): \(YAMLText.scalar($0))"] } ?? []
  }

  private func lines(_ key: String, _ field: UpdateField) -> [String] {
    fields[field].map { ["    \(key): \(YAMLText.oneOrMore($0))"] } ?? []
  }

  private func flag(_ key: String, _ field: UpdateField) -> [String] {
    fields[field] == nil ? [] : ["    \(key): true"]
  }

  private func comment(_ texts: String..., unless field: UpdateField) -> [String] {
    fields[field] == nil ? texts.map { "    # \($0)" } : []
  }

  private var body: [String] {
    switch kind {
    case .backfill:
      line("table", .table) + lines("key", .key) + line("where", .where)
        + comment(
          "The rows that need work: once all of the key has been walked, there may be none left.",
          "where: size IS NULL", unless: .where)
        + [
          "    # {range} stands for the rows of one batch. Safe beside other writers: leave rows alone that are right.",
          "    # For one engine each: sql: {sqlite: ..., postgres: ...}",
        ] + sql("UPDATE \(table) SET \(UpdateDeclaration.placeholder) WHERE {range}")
    case .drain:
      line("table", .table) + lines("key", .key)
        + ["    # Does the work for the keys of one batch, {range}, which are then taken off the table."]
        + sql(
          "INSERT INTO \(UpdateDeclaration.placeholder) SELECT ... FROM \(table) q WHERE {range:q} ON CONFLICT DO NOTHING"
        )
    case .index:
      line("index", .index) + line("table", .table) + [
        "    columns: \(YAMLText.list((fields[.columns] ?? []).map(IndexColumn.sql)))"
      ]
        + flag("unique", .unique) + line("where", .where)
        + line("replaces", .replaces)
        + comment("An older index to drop afterwards.", "replaces: old_index", unless: .replaces)
    case .validateConstraint:
      line("table", .table) + line("constraint", .constraint) + lines("key", .key) + line("check", .check)
        + comment(
          "What holds for a right row; SQLite has nothing else to check.", "check: size > 0", unless: .check)
        + flag("delete_violations", .deleteViolations) + line("set_not_null", .setNotNull)
    case .constraint:
      line("table", .table) + line("constraint", .constraint) + lines("key", .key)
        + line("not_null", .notNull)
        + line("check", .check) + foreignKey + flag("delete_violations", .deleteViolations)
        + comment(
          "Rows that violate it are an error; to delete them instead (needs 'key'):",
          "delete_violations: true",
          unless: .deleteViolations)
    case .syncColumn:
      line("table", .table) + lines("key", .key) + lines("from", .from) + line("to", .into)
        + ["    # SQL over the row's columns; for one engine each: {sqlite: ..., postgres: ...}"]
        + line("using", .using) + line("reverse", .reverse)
        + comment("For writers that write the new column alone.", "reverse: ...", unless: .reverse)
    case .dropSync: line("sync", .sync)
    case .sql: ["    # Runs once, in one transaction."] + sql(UpdateDeclaration.placeholder)
    case .handler: ["    # The application registers an UpdateHandler of this name."]
    }
  }

  private var table: String { SQLText.identifier(first(.table) ?? "") }

  private func sql(_ placeholder: String) -> [String] {
    guard let given = first(.sql) else { return ["    sql: |", "      \(placeholder)"] }
    return ["    sql: \(YAMLText.scalar(given))"]
  }

  /// `--references customers(name)`.
  private var foreignKey: [String] {
    guard let reference = first(.references) else { return [] }
    let parts = reference.split(whereSeparator: { "(),".contains($0) }).map {
      String($0).trimmingCharacters(in: .whitespaces)
    }
    return [
      "    foreign_key:", "      columns: \(YAMLText.list(fields[.columns] ?? []))",
      "      references: \(YAMLText.scalar(parts.first ?? ""))",
      "      to: \(YAMLText.list(Array(parts.dropFirst())))",
    ] + (first(.onDelete).map { ["      on_delete: \(YAMLText.scalar($0))"] } ?? [])
      + (fields[.deferrable] == nil ? [] : ["      deferrable: true"])
  }
}
