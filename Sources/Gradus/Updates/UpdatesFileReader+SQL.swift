import GradusSQL
import Yams

/// The SQL in an updates file.
extension UpdatesFileReader {
  /// SQL that may differ by engine.
  func engineSQL(
    _ map: YAMLMapping, _ key: String, as place: SQLFragment.Place
  ) throws -> UpdateDeclaration.EngineSQL {
    let node = try map.require(key)
    guard node.mapping != nil else { return .init(try sql(node, as: place, on: engines(map), map)) }
    let variants = try map.mapping(key)
    try variants.allowOnly(Engine.allCases.map(\.rawValue))
    var byEngine: [Engine: String] = [:]
    for engine in Engine.allCases {
      byEngine[engine] = try variants.find(engine.rawValue).map { try sql($0, as: place, on: [engine], map) }
    }
    for engine in try engines(map) where byEngine[engine] == nil {
      throw map.reader.error(
        node, "no SQL for \(engine)", hint: "add '\(engine.rawValue):', or restrict 'engines'")
    }
    return .init(byEngine: byEngine)
  }

  /// An expression that is the same for all engines of the update.
  func sqlIfPresent(_ key: String, _ map: YAMLMapping) throws -> String? {
    try map.find(key).map { try sql($0, map) }
  }

  /// An index's columns, which are SQL: a name that is none without quotes has them.
  func indexColumns(_ map: YAMLMapping) throws -> [String] {
    let node = try map.require("columns")
    let columns =
      try node.scalar == nil ? map.reader.sequence(node).map { try sql($0, map) } : [sql(node, map)]
    guard !columns.isEmpty else { throw map.reader.error(node, "an index needs a column") }
    return columns
  }

  private func sql(_ node: Node, _ map: YAMLMapping) throws -> String {
    try sql(node, as: .expression, on: engines(map), map)
  }

  /// Refuses a parameter: in a backfill it would have the value of the slice's bound, elsewhere none. And what would make
  /// something else of the statement that it is put into, which would be found out when that runs.
  private func sql(
    _ node: Node, as place: SQLFragment.Place, on engines: Set<Engine>, _ map: YAMLMapping
  ) throws -> String {
    let text = try map.reader.sql(node)
    // The alias of a slice looks like one.
    let bytes = Array(text.replacing("{range:", with: "{range ").utf8)
    for engine in Engine.allCases where engines.contains(engine) {
      guard let parameter = SQLParameter.first(in: bytes, on: engine) else { continue }
      let name = String(decoding: bytes[parameter], as: UTF8.self)
      throw map.reader.error(
        node, "'\(name)' is a parameter to \(engine), and nobody gives it a value",
        hint: UnboundParameter.advice(name))
    }
    for engine in Engine.allCases where engines.contains(engine) {
      guard let fault = SQLFragment.fault(in: text, as: place, on: engine) else { continue }
      throw map.reader.error(node, fault.message, hint: fault.hint)
    }
    return text
  }
}
