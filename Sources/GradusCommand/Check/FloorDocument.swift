import GradusCheck
import GradusSQL

/// The JSON that `check compat` writes.
struct FloorDocument: Encodable {
  struct Breakage: Encodable {
    var version: Int
    var query: String
    var file: String
    var line: Int
    var engine: String
    var state: String
    var message: String
    var change: String?
    var delta: String?
    var deltaLine: Int?
    var deltaColumn: Int?

    init(_ breakage: CompatFloor.Breakage) {
      version = breakage.version
      query = breakage.query.name
      file = breakage.query.file
      line = breakage.query.line
      engine = breakage.engine.rawValue
      state = breakage.state.rawValue
      message = breakage.message
      change = breakage.cause?.change
      delta = breakage.cause?.file
      deltaLine = breakage.cause?.position.line
      deltaColumn = breakage.cause?.position.column
    }

    enum CodingKeys: String, CodingKey {
      case version, query, file, line, engine, state, message, change, delta
      case deltaLine = "delta_line"
      case deltaColumn = "delta_column"
    }
  }

  var format = 1
  var version: Int
  var declared: Int
  var floor: Int
  var engines: [String]
  var breakages: [Breakage]
  var warnings: [Breakage]
  var gradualMigration: String?
  var versionsWithoutQueries: [Int]
  var notes: [String]

  init(_ floor: CompatFloor, _ engines: [Engine]) {
    version = floor.version
    declared = floor.declared
    self.floor = floor.floor
    self.engines = engines.map(\.rawValue)
    breakages = (floor.ownBreakages + floor.breakages).map(Breakage.init)
    warnings = floor.warnings.map(Breakage.init)
    gradualMigration = floor.migration
    versionsWithoutQueries = floor.unknown
    notes = floor.notes
  }

  enum CodingKeys: String, CodingKey {
    case format, version, declared, floor, engines, breakages, warnings, notes
    case gradualMigration = "gradual_migration"
    case versionsWithoutQueries = "versions_without_queries"
  }
}
