import Foundation
import Gradus
import GradusSQL
import GradusUpdates

/// What `gradus.yaml` may say.
struct ConfigurationFile: Sendable {
  struct Database: Sendable {
    var name: String
    var url: String
    /// The logical databases on it; nil for all.
    var databases: Set<LogicalDatabase>?
  }

  /// The file; nil where there is none.
  var path: String?
  var schemaRoot: String?
  var databases: [Database] = []
  var layout = SchemaLayout()
  var updates = UpdateOptions()
  var admin = AdminSettings()

  static let defaultName = "gradus.yaml"

  /// A path that the file names: relative ones are of its own folder.
  func resolved(_ named: String) -> String {
    guard let folder = path.map({ ($0 as NSString).deletingLastPathComponent }), !folder.isEmpty,
      !(named as NSString).isAbsolutePath
    else { return named }
    return (folder as NSString).appendingPathComponent(named)
  }

  /// Where an entry's database is.
  ///
  /// - Throws: `GradusError` where the address cannot be read.
  func location(of entry: Database) throws -> DatabaseLocation {
    do {
      let location = try DatabaseLocation(parsing: entry.url)
      guard case .sqlite(let path) = location, path != ":memory:" else { return location }
      return .sqlite(path: resolved(path))
    } catch let error as SQLError {
      var failure = GradusError(.invalidFile, error.message, file: path, hint: error.hint)
      if entry.databases != nil { failure.database = entry.name }
      throw failure
    }
  }

  /// The entry that says what a database holds, however its address is spelt; nil where none is of it.
  ///
  /// - Throws: `GradusError` where an address cannot be read: the database would be taken for one that holds all.
  func entry(at location: DatabaseLocation) throws -> Database? {
    try databases.first {
      try $0.databases != nil && self.location(of: $0).canonical == location.canonical
    }
  }

  /// Reads the file that was asked for, or `gradus.yaml` of this folder where there is one.
  static func load(_ path: String?) throws -> ConfigurationFile {
    let name = path ?? defaultName
    guard path != nil || FileManager.default.fileExists(atPath: name) else { return ConfigurationFile() }
    guard let text = try? String(contentsOfFile: name, encoding: .utf8) else {
      throw GradusError(.invalidFile, "cannot read the configuration: \(obstacle(name))", file: name)
    }
    return try read(text, name)
  }

  /// Why a file cannot be read, in the system's words.
  private static func obstacle(_ name: String) -> String {
    let descriptor = open(name, O_RDONLY)
    guard descriptor >= 0 else { return String(cString: strerror(errno)) }
    defer { close(descriptor) }
    var byte: UInt8 = 0
    // A folder can be opened.
    guard Foundation.read(descriptor, &byte, 1) >= 0 else { return String(cString: strerror(errno)) }
    return "it is no UTF-8 text"
  }

  static func read(_ text: String, _ name: String) throws -> ConfigurationFile {
    guard let root = try YAMLReader(file: name).parseIfAny(text) else { return ConfigurationFile(path: name) }
    try root.allowOnly(["database", "databases", "schema_root", "layout", "background_updates", "admin"])
    var file = ConfigurationFile(path: name, schemaRoot: try root.textIfPresent("schema_root"))
    if let url = try root.textIfPresent("database") {
      file.databases = [Database(name: PhysicalDatabase.defaultName, url: url)]
    }
    if let databases = try root.mappingIfPresent("databases") {
      guard file.databases.isEmpty else {
        throw databases.reader.error(databases.node, "give either 'database' or 'databases'")
      }
      for (key, value) in databases.entries {
        let map = try databases.reader.mapping(value)
        try map.allowOnly(["url", "databases"])
        file.databases.append(
          Database(
            name: try databases.reader.text(key), url: try map.text("url"),
            databases: Set(try map.texts("databases").map { LogicalDatabase($0) })))
      }
    }
    if let layout = try root.mappingIfPresent("layout") {
      try layout.allowOnly(["ledger", "full_schema", "delta", "queries"])
      let standard = SchemaLayout()
      file.layout = SchemaLayout(
        ledger: try layout.textIfPresent("ledger") ?? standard.ledger,
        fullSchema: try layout.textIfPresent("full_schema") ?? standard.fullSchema,
        delta: try layout.textIfPresent("delta") ?? standard.delta,
        queries: try layout.textIfPresent("queries") ?? standard.queries)
    }
    if let updates = try root.mappingIfPresent("background_updates") {
      file.updates = try UpdatesConfiguration(updates).options()
    }
    if let admin = try root.mappingIfPresent("admin") {
      file.admin = try AdminSettings(admin, resolved: file.resolved)
    }
    return file
  }
}
