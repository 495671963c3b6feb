/// Where a schema tree keeps its files: paths below its root, with `{database}` and `{version}`.
public struct SchemaLayout: Sendable, Hashable {
  /// The ledger.
  public var ledger: String
  /// The folder of a full schema.
  public var fullSchema: String
  /// The folder of a version's deltas.
  public var delta: String
  /// The file with a version's queries.
  public var queries: String

  /// - Parameters:
  ///   - ledger: the ledger's path.
  ///   - fullSchema: the folder of a full schema, with `{database}` and `{version}`.
  ///   - delta: the folder of a version's deltas, with `{database}` and `{version}`.
  ///   - queries: the file with a version's queries, with `{version}`.
  public init(
    ledger: String = "schema/schema.yaml", fullSchema: String = "schema/{database}/{version}",
    delta: String = "delta/{database}/{version}", queries: String = "schema/queries/{version}.sql"
  ) {
    self.ledger = ledger
    self.fullSchema = fullSchema
    self.delta = delta
    self.queries = queries
  }

  /// The layout with a folder a database: `main/delta/87`, `main/full_schemas/72`.
  public static let folderPerDatabase = SchemaLayout(
    ledger: "schema.yaml", fullSchema: "{database}/full_schemas/{version}",
    delta: "{database}/delta/{version}", queries: "queries/{version}.sql")

  /// The path of the file with a version's queries.
  package func queries(of version: Int) -> String {
    queries.replacing("{version}", with: String(version))
  }

  /// Whether a path below the root is that of a delta.
  package func isDelta(_ path: String) -> Bool {
    let (names, template) = (path.split(separator: "/"), delta.split(separator: "/"))
    guard names.count == template.count + 1 else { return false }
    return zip(names, template).allSatisfy { name, part in
      part == "{version}" ? Int(name) != nil : part == "{database}" || part == name
    }
  }

  /// The version of a delta by its path below the root; nil where it is none.
  package func version(ofDelta path: String) -> Int? {
    guard isDelta(path) else { return nil }
    return zip(path.split(separator: "/"), delta.split(separator: "/")).first { $0.1 == "{version}" }
      .flatMap { Int($0.0) }
  }

  /// Refuses templates without their placeholders, and those in which one is only a part of a folder's name: no folder
  /// would be found, and versions would be recorded without their deltas.
  func check() throws {
    for template in [fullSchema, delta] {
      for placeholder in ["{database}", "{version}"] {
        guard template.contains(placeholder) else {
          throw GradusError(
            .invalidFile, "the path template '\(template)' must contain {database} and {version}")
        }
        let folders = template.split(separator: "/").filter { $0.contains(placeholder) }
        guard folders.allSatisfy({ $0 == placeholder }) else {
          throw GradusError(
            .invalidFile, "in the path template '\(template)' \(placeholder) must be a folder's whole name",
            hint: "such as delta/{database}/{version}, with folders like delta/main/2")
        }
      }
    }
  }

  /// A template's path for a database and a version.
  package static func path(_ template: String, _ database: LogicalDatabase, _ version: Int) -> String {
    template.replacing("{database}", with: database.name).replacing("{version}", with: String(version))
  }
}
