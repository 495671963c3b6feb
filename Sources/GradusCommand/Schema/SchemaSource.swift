import Foundation
import Gradus
import GradusCatalog
import GradusCheck
import GradusEngines
import GradusSQL

/// Where a schema to compare comes from, as an argument says it: a version, a file of SQL, or a database.
struct SchemaSource {
  private enum Kind {
    case version(Int)
    case script(path: String)
    case database(DatabaseLocation)
  }

  private let kind: Kind

  init(_ argument: String) throws {
    if let version = Int(argument) {
      kind = .version(version)
    } else if argument.contains(".sql"), !argument.hasSuffix(".sqlite") || argument.hasSuffix(".sql.sqlite"),
      FileManager.default.fileExists(atPath: argument)
    {
      kind = .script(path: argument)
    } else {
      let location = try DatabaseLocation(parsing: argument)
      // Elsewhere a file that is not there yet is an empty database; here it is a name that is misspelt.
      if case .sqlite(let path) = location, !FileManager.default.fileExists(atPath: path) {
        throw GradusError(
          .invalidFile, "there is no such file", file: path,
          hint: "give a version, a file of SQL, or a database")
      }
      kind = .database(location)
    }
  }

  /// The engine that it is for; nil where it is for both.
  var engine: Engine? {
    switch kind {
    case .version: nil
    case .script(let path):
      path.hasSuffix(".postgres") ? .postgres : path.hasSuffix(".sqlite") ? .sqlite : nil
    case .database(let location): location.engine
    }
  }

  func catalog(on engine: Engine, _ context: CommandContext, _ server: ScratchServer?) async throws -> Catalog
  {
    switch kind {
    case .version(let version):
      return try await SchemaBuilder(schema: context.schema, registry: context.registry, server: server)
        .catalog(of: version, on: engine)
    case .script(let path):
      let sql = try TextFile.text(of: URL(filePath: path), as: path, .invalidFile)
      return try await ScratchDatabase.with(engine, on: server) { scratch in
        try await Session.open(scratch.driver).transaction { connection in
          do {
            try connection.executeScript(sql)
          } catch let failure as ScriptError {
            throw GradusError(
              .deltaFailed, "cannot be run", file: path, position: failure.error.position,
              cause: failure.error)
          }
          return try CatalogReader.read(connection)
        }
      }
    case .database(let location):
      let database = PhysicalDatabase(driver: try location.driver())
      let session = try await SessionOpener.openForReading(database)
      return try await session.run { try CatalogReader.read($0) }
    }
  }
}
