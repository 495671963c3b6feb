import GradusPort
import GradusSQL
import GradusTestSupport
import Testing

/// A number comes to the target as it is, or the port stops and names it.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct NumberTests {
  /// SQLite keeps each value as it was given.
  static let files = PortPlace.files(
    sqlite: "CREATE TABLE sums (id INTEGER PRIMARY KEY, r, d, w, e);",
    postgres: """
      CREATE TABLE sums (
        id BIGINT PRIMARY KEY, r REAL, d NUMERIC(10, 2), w NUMERIC, e DOUBLE PRECISION);
      """)

  @Test(arguments: [
    ("r", "1732500000.123", "real, unlike double precision,"),
    ("r", "1e300", "real, unlike double precision,"),
    ("r", "0.1000000001", "real, unlike double precision,"),
    ("r", "16777217", "real, unlike double precision,"),
    ("d", "0.30000000000000004", "numeric with 2 decimal places"),
    ("d", "'1.005'", "numeric with 2 decimal places"), ("e", "9007199254740993", "double precision"),
  ])
  func whatTheColumnWouldRound(column: String, value: String, rounding: String) async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write("INSERT INTO sums (id, \(column)) VALUES (1, 1), (77, \(value))")
      #expect(
        try await place.refusal() == [
          "sums.\(column) of the row with row id 77 holds a number that \(rounding) would round"
        ])
    }
  }

  /// Newer servers know such numbers, and would round them.
  @Test(arguments: ["'1_000.005'", "'0x1F'", "'1.005' || char(0)", "'1.5 EUR'"])
  func whatIsNoDecimalNumber(value: String) async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write("INSERT INTO sums (id, d) VALUES (77, \(value))")
      let reasons = try await place.refusal(PortOptions(unfitText: .remove))
      #expect(reasons == ["sums.d of the row with row id 77 holds a text, not a decimal number"])
    }
  }

  @Test(arguments: [
    ("r", "0.1", "0.1"), ("r", "1.5", "1.5"), ("r", "16777216", "1.6777216e+07"),
    ("r", "0.10000000149011612", "0.1"), ("r", "3.4028234663852886e38", "3.4028235e+38"),
    ("r", "-9e999", "-Infinity"), ("d", "0.1", "0.10"), ("d", "12345678.9", "12345678.90"),
    ("d", "'-1.500'", "-1.50"), ("d", "100", "100.00"), ("w", "0.30000000000000004", "0.30000000000000004"),
    ("w", "'12345678901234567890.123456789'", "12345678901234567890.123456789"), ("w", "'nan'", "NaN"),
    ("w", "1e22", "10000000000000000000000"), ("e", "0.30000000000000004", "0.30000000000000004"),
    ("e", "9007199254740992", "9.007199254740992e+15"),
  ])
  func whatTheColumnHolds(column: String, value: String, text: String) async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write("INSERT INTO sums (id, \(column)) VALUES (1, \(value))")
      let result = try await place.port()
      #expect(result.status == .complete, "\(result.differences)")
      #expect(try await place.rows("SELECT \(column)::text FROM sums") == [[.text(text)]])
    }
  }

  /// Both are the same double.
  @Test func aLongDecimalThatDiffersIsFound() async throws {
    try await PortPlace.with(Self.files) { place in
      try await place.write("INSERT INTO sums (id, w) VALUES (1, '12345678901234567890.125')")
      #expect(try await place.port().status == .complete)
      try await place.damage("UPDATE sums SET w = w + 0.001")
      #expect(try await place.port().differences == ["sums: the row with row id 1 differs in w"])
    }
  }
}
