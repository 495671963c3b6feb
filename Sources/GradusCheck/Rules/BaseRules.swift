import Foundation
package import Gradus

/// Finds what is wrong by how it was at a commit: deltas that have landed are not what they were, a released version has got
/// new ones, or the ledger has dropped what databases have not completed.
package struct BaseRules {
  private let schema: SchemaDefinition
  private let layout: SchemaLayout
  private let git: GitChanges

  /// - Parameters:
  ///   - schema: the schema as it is.
  ///   - layout: where its files are.
  ///   - git: what git knows of the schema's folder.
  package init(schema: SchemaDefinition, layout: SchemaLayout, git: GitChanges) {
    self.schema = schema
    self.layout = layout
    self.git = git
  }

  /// The findings: white space and comments may change, SQL may not.
  ///
  /// - Parameter changed: what git says has changed.
  /// - Throws: `GradusError` where git fails or a suppression is malformed.
  package func findings(_ changed: [String: Character]) throws -> [Finding] {
    let present = Dictionary(
      schema.tree.deltas.values.joined().map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    // Where there was no ledger then, nothing was released.
    let former = changed.isEmpty ? nil : formerLedger()
    let released = former.map(releasedVersions) ?? []
    let dropped = former.map(droppedMigrations) ?? []
    let files = changed.sorted { $0.key < $1.key }.filter { layout.isDelta($0.key) }
    let deltas: [Finding] = try files.compactMap { path, status in
      if status == "A" { return try present[path].flatMap { try judgeNew($0, released) } }
      // What was written for a version to come has been applied by nobody.
      if let version = layout.version(ofDelta: path), let former, version > former.version { return nil }
      return try status == "D" ? judgeGone(path) : present[path].flatMap(judgeEdited)
    }
    return dropped + deltas
  }

  /// Whether a full schema has made a delta superfluous.
  private func isSquashed(_ path: String) -> Bool {
    guard let version = layout.version(ofDelta: path) else { return false }
    return schema.ledger.upgradesFrom.map { version <= $0 } ?? false
  }

  /// It cannot say itself that this is meant: the ledger does.
  private func judgeGone(_ path: String) throws -> Finding? {
    let name = String(path.split(separator: "/").last ?? "")
    let kind = SchemaFile(database: .main, version: 0, name: name, url: nil).kind
    guard kind != .unknown, kind != .cache, !isSquashed(path) else { return nil }
    guard try !Suppression.rules(inLedger: layout.ledger, below: git.root).contains("D02") else { return nil }
    return finding("D02", "the delta is gone", path)
  }

  private func judgeEdited(_ file: SchemaFile) throws -> Finding? {
    let checksum = { (text: String) in
      file.kind == .updates ? Checksum.of(updates: text) : Checksum.of(text)
    }
    guard try checksum(git.text(of: file.path)) != checksum(file.text()) else { return nil }
    guard try !isMeant("D02", in: file) else { return nil }
    return finding("D02", "the delta is not what it was", file.path)
  }

  /// There is no statement to stand before: the suppression holds for the file.
  private func isMeant(_ rule: String, in file: SchemaFile) throws -> Bool {
    try Suppression.all(in: file).contains { $0.rule == rule }
  }

  private func judgeNew(_ file: SchemaFile, _ released: Set<Int>) throws -> Finding? {
    guard released.contains(file.version), file.kind != .unknown, file.kind != .cache else { return nil }
    if try isMeant("D01", in: file) { return nil }
    return finding(
      "D01", "version \(file.version) has been released; the newest is \(schema.ledger.version)", file.path)
  }

  /// The versions that there were already, but for the newest of today: deltas may be added to that still.
  private func releasedVersions(_ former: Ledger) -> Set<Int> {
    Set(former.versions.keys.filter { $0 < schema.ledger.version && $0 <= former.version })
  }

  private func formerLedger() -> Ledger? {
    guard let text = try? git.text(of: layout.ledger) else { return nil }
    return try? Ledger(text: text, file: layout.ledger)
  }

  /// Gradual migrations that are gone although a database may be upgraded that has not completed them, whatever the compat
  /// version: that shuts out applications, and no database. Where there are no guards, no start would notice.
  private func droppedMigrations(_ former: Ledger) -> [Finding] {
    guard let rule = Rule.find("D16") else { return [] }
    let ledger = schema.ledger
    let names = Set(ledger.gradualMigrations.map(\.name))
    return former.gradualMigrations.filter { migration in
      guard !names.contains(migration.name), migration.starts <= ledger.version else { return false }
      guard let completes = migration.completes else { return true }
      return completes > ledger.upgradesFrom ?? .min
    }.map { migration in
      let completion = migration.completes.map { "version \($0) completes" } ?? "no version completes"
      return Finding(
        rule, "the ledger has no gradual migration '\(migration.name)' any more, which \(completion)")
    }
  }

  private func finding(_ id: String, _ message: String, _ path: String) -> Finding? {
    Rule.find(id).map { Finding($0, message, file: path) }
  }
}
