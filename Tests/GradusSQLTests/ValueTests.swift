import GradusSQL
import GradusTestSupport
import Testing

@Suite struct ValueTests {
  /// A table with a column for each kind of value.
  private static func table(_ engine: Engine) -> String {
    switch engine {
    case .sqlite: "CREATE TABLE v (i INTEGER, d REAL, t TEXT, b BLOB, f BOOLEAN)"
    case .postgres: "CREATE TABLE v (i BIGINT, d DOUBLE PRECISION, t TEXT, b BYTEA, f BOOLEAN)"
    }
  }

  private static func roundTrip(_ engine: Engine, column: String, _ values: [SQLValue]) async throws
    -> [SQLValue]
  {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      return try await session.run { connection in
        try connection.execute(table(engine))
        return try values.map { value in
          try connection.execute("DELETE FROM v")
          let written = try connection.execute("INSERT INTO v (\(column)) VALUES ($1)", [value])
          #expect(written == 1)
          return try #require(try connection.queryRow("SELECT \(column) FROM v"))[0]
        }
      }
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func integers(_ engine: Engine) async throws {
    let values: [SQLValue] = [0, 1, -1, .integer(.max), .integer(.min), .null]
    try await #expect(Self.roundTrip(engine, column: "i", values) == values)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func doubles(_ engine: Engine) async throws {
    let values: [SQLValue] = [
      0.5, -0.1, .double(.greatestFiniteMagnitude), .double(.leastNonzeroMagnitude), .double(.pi), .double(3),
      .null,
    ]
    try await #expect(Self.roundTrip(engine, column: "d", values) == values)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func texts(_ engine: Engine) async throws {
    let values: [SQLValue] = [
      "", "it's", "\"double\" \\ back\\slash", "line\r\nbreak\ttab", "smile 🙂 e\u{301} 日本", "{NULL}", "NULL",
      "$1",
      .text(String(repeating: "x", count: 100_000)), .null,
    ]
    try await #expect(Self.roundTrip(engine, column: "t", values) == values)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func bytes(_ engine: Engine) async throws {
    let values: [SQLValue] = [
      .blob([]), .blob([0]), .blob(Array(0...255)), .blob(Array("\\x00".utf8)),
      .blob([UInt8](repeating: 0xFF, count: 70_000)), .null,
    ]
    try await #expect(Self.roundTrip(engine, column: "b", values) == values)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func booleans(_ engine: Engine) async throws {
    let values = try await Self.roundTrip(engine, column: "f", [true, false, .null])
    #expect(values.map(\.boolean) == [true, false, nil])
  }

  /// The statement that turns an array parameter into rows.
  private static func unnest(_ engine: Engine, _ type: String) -> String {
    switch engine {
    case .sqlite: "SELECT value FROM json_each($1)"
    case .postgres: "SELECT unnest($1::\(type)[])"
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func arrays(_ engine: Engine) async throws {
    let texts: [String?] = [
      "a", nil, "", "NULL", "it's", "a\"b", "back\\slash", "{x,y}", "comma,", " space ", "🙂", "\n", "/",
    ]
    let integers: [Int64?] = [1, nil, -5, .max, .min]
    let booleans: [Bool?] = [true, nil, false]
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        func rows(_ type: String, _ value: SQLValue) throws -> [SQLValue] {
          try connection.query(Self.unnest(engine, type), [value]).map { $0[0] }
        }
        try #expect(rows("text", .textArray(texts)) == texts.map { SQLValue($0) })
        try #expect(rows("text", .textArray([])) == [])
        try #expect(rows("bigint", .integerArray(integers)) == integers.map { SQLValue($0) })
        try #expect(rows("boolean", .booleanArray(booleans)).map(\.boolean) == booleans)
      }
    }
  }

  /// As the databases compare them, to which composed and decomposed letters are others.
  @Test func textsAreEqualByTheirBytes() {
    let (composed, decomposed) = ("\u{E9}", "e\u{301}")
    #expect(SQLValue.text(composed) == .text(composed))
    #expect(SQLValue.text(composed) != .text(decomposed))
    #expect(SQLValue.textArray([composed, nil]) == .textArray([composed, nil]))
    #expect(SQLValue.textArray([composed, nil]) != .textArray([decomposed, nil]))
    #expect(Set([SQLValue.text(composed), .text(decomposed)]).count == 2)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func columnsHaveNames(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        let row = try #require(try connection.queryRow("SELECT 1 AS one, 'x' AS two"))
        #expect(row.columns.names == ["one", "two"])
        #expect(row["two"] == "x")
        #expect(row["three"].isNull)
      }
    }
  }

  /// PostgreSQL cannot store the character, and C would end the text there; SQLite would end it there in an array.
  @Test(arguments: TestDatabase.availableEngines)
  func nulCharacterIsRefused(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        for value in [SQLValue.textArray(["a", "b\0c"])] + (engine == .postgres ? [.text("a\0b")] : []) {
          let error = #expect(throws: SQLError.self) {
            try connection.query("SELECT CAST($1 AS TEXT)", [value])
          }
          #expect(error?.code == .unexpectedValue)
        }
        try #expect(connection.queryRow("SELECT 1")?[0] == 1)
      }
    }
  }

  /// As a database of the encoding SQL_ASCII may hold: not to be altered silently.
  @Test(arguments: TestDatabase.availableEngines.filter { $0 == .postgres })
  func aTextThatIsNotUTF8IsRefused(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        try connection.execute("SET client_encoding = 'LATIN1'")
        let error = #expect(throws: SQLError.self) { try connection.query("SELECT 'a' || chr(233) AS name") }
        #expect(error?.code == .unexpectedValue)
        #expect(error?.message.contains("'name'") == true)
        try #expect(connection.queryRow("SELECT 'a'")?[0] == "a")
      }
    }
  }

  /// An old setting of a server, in which bytes come in another form.
  @Test(arguments: TestDatabase.availableEngines.filter { $0 == .postgres })
  func bytesInEscapeFormat(_ engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { database in
      let session = try await database.open()
      try await session.run { connection in
        try connection.execute("SET bytea_output = 'escape'")
        let bytes = SQLValue.blob(Array(0...255))
        try #expect(connection.queryRow("SELECT $1::bytea", [bytes])?[0] == bytes)
      }
    }
  }
}
