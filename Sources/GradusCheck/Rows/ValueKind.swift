import GradusSQL

/// What sort of values a type holds, on either engine.
indirect enum ValueKind: Sendable, Hashable {
  case integer(bits: Int)
  case real
  /// Numbers of so many digits, of which some are behind the point.
  case decimal(digits: Int, places: Int)
  case boolean
  case text(limit: Int?)
  case bytes
  case date
  case time
  case timestamp
  case interval
  case uuid
  case json
  case address
  case hardwareAddress(bytes: Int)
  case lexemes
  case bits(count: Int)
  case enumeration([String])
  case array(ValueKind)
  case range(ValueKind)
  case multirange(ValueKind)
  /// Texts in which the row's number stands for `#`.
  case pattern(String)

  // Parsed once: columns are many. A Regex never changes.
  nonisolated(unsafe) private static let limits = #/\(([0-9]+)(?:, ?(-?[0-9]+))?[^)]*\)/#
  nonisolated(unsafe) private static let brackets = #/\([^)]*\)/#

  /// The kind of a type of PostgreSQL's, as `format_type` writes it, or of a query's parameter on either engine.
  ///
  /// - Parameters:
  ///   - type: the type.
  ///   - types: the schema's own types.
  init?(postgres type: String, _ types: OwnTypes = OwnTypes()) {
    let plain = type.split(separator: " collate ").first.map(String.init) ?? type
    if plain.hasSuffix("[]") {
      guard let element = ValueKind(postgres: String(plain.dropLast(2)), types) else { return nil }
      self = .array(element)
      return
    }
    let match = plain.firstMatch(of: Self.limits)
    let limit = match.flatMap { Int($0.1) }
    switch plain.replacing(Self.brackets, with: "").lowercased() {
    case "smallint", "int2": self = .integer(bits: 16)
    // Numbers of objects need not be those of any.
    case "integer", "int", "int4", "oid", "xid", "regclass", "regtype", "regproc", "regprocedure", "regrole":
      self = .integer(bits: 32)
    case "bigint", "int8", "xid8": self = .integer(bits: 64)
    case "numeric", "decimal":
      let places = match?.2.flatMap { Int($0) } ?? 0
      self = limit.map { .decimal(digits: $0, places: places) } ?? .real
    case "real", "double precision", "double", "float4", "float8", "money": self = .real
    case "boolean", "bool": self = .boolean
    case "text", "name", "citext", "xml", "unknown": self = .text(limit: nil)
    case "character varying", "varchar": self = .text(limit: limit)
    case "character", "char", "bpchar", "\"char\"": self = .text(limit: limit ?? 1)
    case "bytea", "blob": self = .bytes
    case "date": self = .date
    case "time without time zone", "time with time zone", "time": self = .time
    case "timestamp without time zone", "timestamp with time zone", "timestamp", "timestamptz":
      self = .timestamp
    case "interval": self = .interval
    case "uuid": self = .uuid
    case "json", "jsonb": self = .json
    case "inet", "cidr": self = .address
    case "macaddr": self = .hardwareAddress(bytes: 6)
    case "macaddr8": self = .hardwareAddress(bytes: 8)
    case "tsvector", "tsquery": self = .lexemes
    case "bit": self = .bits(count: limit ?? 1)
    case "bit varying", "varbit": self = .bits(count: limit ?? 16)
    case let name:
      guard let kind = Self.range(name) ?? Self.patterns[name] ?? types.kind(plain) else { return nil }
      self = kind
    }
  }

  private static let rangeElements: [String: ValueKind] = [
    "int4": .integer(bits: 32), "int8": .integer(bits: 64), "num": .real, "ts": .timestamp,
    "tstz": .timestamp, "date": .date,
  ]

  private static func range(_ name: String) -> ValueKind? {
    if name.hasSuffix("multirange") {
      return rangeElements[String(name.dropLast("multirange".count))].map { ValueKind.multirange($0) }
    }
    guard name.hasSuffix("range") else { return nil }
    return rangeElements[String(name.dropLast("range".count))].map { ValueKind.range($0) }
  }

  private static let patterns: [String: ValueKind] = [
    "point": "(#,0)", "line": "{1,0,#}", "lseg": "[(#,0),(0,0)]", "box": "(#,1),(0,0)",
    "path": "[(#,0),(0,0)]", "polygon": "((#,0),(0,0),(0,1))", "circle": "<(#,0),1>",
    "hstore": "v=>#", "ltree": "v#", "jsonpath": "$.v#", "pg_lsn": "0/#",
  ].mapValues { ValueKind.pattern($0) }

  /// The kind of what a column of SQLite's holds, by its affinity (<https://www.sqlite.org/datatype3.html>, 3.1).
  init(sqlite type: String) {
    let name = type.uppercased()
    if name.contains("BOOL") {
      self = .boolean
    } else if name.contains("INT") {
      self = .integer(bits: 64)
    } else if name.contains("CHAR") || name.contains("CLOB") || name.contains("TEXT") || name.isEmpty {
      self = .text(limit: nil)
    } else if name.contains("BLOB") || name.contains("BYTEA") {
      self = .bytes
    } else if name.contains("REAL") || name.contains("FLOA") || name.contains("DOUB") {
      self = .real
    } else {
      self = ValueKind(postgres: type) ?? .integer(bits: 64)
    }
  }
}
