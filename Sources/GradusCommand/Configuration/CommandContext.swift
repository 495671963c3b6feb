import Foundation
package import Gradus
import GradusEngines
import GradusSQL
package import GradusUpdates

/// What a command works with: the schema, the databases and the updates, from flags, environment and file.
package struct CommandContext {
  package let schema: SchemaDefinition
  let databases: [PhysicalDatabase]
  /// Those of them that have been opened.
  let opened: OpenedDatabases
  package let registry: UpdateRegistry
  /// How the configuration wants updates to be run in the background.
  let updates: UpdateOptions
  /// How the configuration wants the admin API.
  let admin: AdminSettings
  let schemaRoot: URL
  let layout: SchemaLayout

  package init<App: SchemaApplication>(
    _ app: App.Type, _ options: SchemaOptions, _ database: DatabaseOptions? = nil
  ) throws {
    try self.init(app, options.place, version: options.to, database)
  }

  /// - Parameter version: which version of the application to act as; nil for the one that the ledger says.
  package init<App: SchemaApplication>(
    _ app: App.Type, _ place: SchemaPlaceOptions, version: Int? = nil, _ database: DatabaseOptions? = nil
  ) throws {
    let file = try ConfigurationFile.load(place.config)
    opened = OpenedDatabases(file: file.path)
    layout = file.layout
    updates = file.updates
    admin = file.admin
    schemaRoot = try Self.findRoot(
      place.schemaRoot ?? EnvironmentVariable.value("GRADUS_SCHEMA_ROOT")
        ?? file.schemaRoot.map(file.resolved), layout: layout, searchFolders: App.schemaSearchFolders)
    var schema = try SchemaDefinition(
      root: schemaRoot, layout: layout, codeDeltas: App.codeDeltas,
      knownUpdates: Set(App.handlers.map(\.name) + App.declarations.map(\.name)))
    if let version { schema = try schema.acting(as: version) }
    self.schema = schema
    registry = UpdateRegistry(
      handlers: App.handlers,
      declarations: Array(schema.tree.declarations.values)
        + App.declarations.filter { schema.tree.declarations[$0.name] == nil })
    databases = try database.map { try Self.databases($0, file, App.name) } ?? []
    try DatabasePlaces(
      file: file, known: schema.tree.databases, inseparable: App.inseparableDatabases
    ).check(databases)
  }

  /// The folder with the schema: the one that was asked for, or one of the application's folders or one above it.
  private static func findRoot(_ asked: String?, layout: SchemaLayout, searchFolders: [URL]) throws -> URL {
    if let asked { return URL(filePath: asked, directoryHint: .isDirectory) }
    for start in searchFolders {
      var folder = start
      for _ in 0..<12 {
        if FileManager.default.fileExists(atPath: folder.appending(path: layout.ledger).path) {
          return folder
        }
        folder = folder.deletingLastPathComponent()
      }
    }
    throw GradusError(
      .invalidFile, "no schema found: no folder from here upwards holds '\(layout.ledger)'",
      hint: "run in the project's folder, or give --schema-root")
  }

  private static func databases(
    _ options: DatabaseOptions, _ file: ConfigurationFile, _ application: String
  ) throws -> [PhysicalDatabase] {
    if let url = options.database ?? EnvironmentVariable.value("DATABASE_URL") {
      let location = try DatabaseLocation(parsing: url)
      // One of the file's holds what is said there, not all there is.
      let entry = try file.entry(at: location)
      return [
        PhysicalDatabase(
          name: entry?.name ?? PhysicalDatabase.defaultName,
          driver: try driver(location, options, application), databases: entry?.databases)
      ]
    }
    guard !file.databases.isEmpty else {
      throw SQLError(
        .invalidConfiguration, "no database given",
        hint: "give --database URL, set DATABASE_URL, or write 'database:' into "
          + (file.path ?? ConfigurationFile.defaultName))
    }
    return try file.databases.map { entry in
      PhysicalDatabase(
        name: entry.name,
        driver: try driver(file.location(of: entry), options, application), databases: entry.databases)
    }
  }

  private static func driver(
    _ location: DatabaseLocation, _ options: DatabaseOptions, _ application: String
  ) throws -> any Driver {
    try location.driver(createsFile: options.createsFile, applicationName: application)
  }
}
