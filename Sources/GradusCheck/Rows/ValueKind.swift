import GradusSQL

/// What sort of values a type holds, on either engine.
indirect enum ValueKind: Sendable, Hashable {
  case integer(bits: Int)
  case real
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
  case lexemes
  case enumeration([String])
  case array(ValueKind)

  // Parsed once: columns are many. A Regex never changes.
  nonisolated(unsafe) private static let limit = #/\(([0-9]+)[^)]*\)/#
  nonisolated(unsafe) private static let brackets = #/\([^)]*\)/#

  /// The kind of a type of PostgreSQL's, as `format_type` writes it, or of a query's parameter on either engine.
  ///
  /// - Parameter enumerations: the values of the schema's own enumerations.
  init?(postgres type: String, enumerations: [String: [String]] = [:]) {
    if type.hasSuffix("[]") {
      guard let element = ValueKind(postgres: String(type.dropLast(2)), enumerations: enumerations) else {
        return nil
      }
      self = .array(element)
      return
    }
    let plain = type.split(separator: " collate ").first.map(String.init) ?? type
    let match = plain.firstMatch(of: Self.limit)
    let limit = match.flatMap { Int($0.1) }
    switch plain.replacing(Self.brackets, with: "").lowercased() {
    case "smallint", "int2": self = .integer(bits: 16)
    case "integer", "int", "int4", "oid": self = .integer(bits: 32)
    case "bigint", "int8": self = .integer(bits: 64)
    case "numeric", "decimal", "real", "double precision", "double", "float4", "float8", "money": self = .real
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
    case "tsvector", "tsquery": self = .lexemes
    case let name:
      let bare = name.replacing("\"", with: "")
      guard let values = enumerations[bare] ?? enumerations[plain], !values.isEmpty else { return nil }
      self = .enumeration(values)
    }
  }

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
