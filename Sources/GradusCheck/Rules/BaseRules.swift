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
      switch status {
      case "D": return isSquashed(path) ? nil : finding("D02", "the delta is gone", path)
      case "A": return try present[path].flatMap { try judgeNew($0, released) }
      default:
        guard let file = present[path] else { return nil }
        let isSame = try Checksum.of(git.text(of: path)) == Checksum.of(file.text())
        return isSame ? nil : finding("D02", "the delta is not what it was", path)
      }
    }
    return dropped + deltas
  }

  /// Whether a full schema has made a delta superfluous.
  private func isSquashed(_ path: String) -> Bool {
    guard let version = layout.version(ofDelta: path) else { return false }
    return schema.ledger.upgradesFrom.map { version <= $0 } ?? false
  }

  private func judgeNew(_ file: SchemaFile, _ released: Set<Int>) throws -> Finding? {
    guard released.contains(file.version), file.kind != .unknown, file.kind != .cache else { return nil }
    // There is no statement to stand before: the suppression holds for the file.
    if try Suppression.all(in: file).contains(where: { $0.rule == "D01" }) { return nil }
    return finding(
      "D01", "version \(file.version) has been released; the newest is \(schema.ledger.version)", file.path)
  }

  /// The versions that the ledger knew already, but for the newest of today: deltas may be added to that still.
  private func releasedVersions(_ former: Ledger) -> Set<Int> {
    Set(former.versions.keys.filter { $0 < schema.ledger.version })
  }

  private func formerLedger() -> Ledger? {
    guard let text = try? git.text(of: layout.ledger) else { return nil }
    return try? Ledger(text: text, file: layout.ledger)
  }

  /// Gradual migrations that are gone although a database may be upgraded that has not completed them. Where there are no
  /// guards, no start would notice.
  private func droppedMigrations(_ former: Ledger) -> [Finding] {
    guard let rule = Rule.find("D16") else { return [] }
    let ledger = schema.ledger
    let names = Set(ledger.gradualMigrations.map(\.name))
    return former.gradualMigrations.filter { migration in
      guard !names.contains(migration.name), migration.starts <= ledger.version else { return false }
      guard let completes = migration.completes else { return true }
      return completes >= ledger.compatVersion && completes > ledger.upgradesFrom ?? .min
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
