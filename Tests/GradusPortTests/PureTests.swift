import Gradus
import GradusCatalog
import GradusPort
import GradusSQL
import Testing

/// What needs no database.
@Suite struct PureTests {
  @Test func typesOfColumns() {
    for (type, kind): (String, ColumnKind) in [
      ("boolean", .boolean), ("smallint", .integer(bits: 16)), ("bigint", .integer(bits: 64)),
      ("real", .double(isSingle: true)), ("numeric(10,2)", .numeric(scale: 2)),
      ("numeric", .numeric(scale: nil)), ("numeric(5,-2)", .numeric(scale: -2)),
      ("character varying(20)", .text(isPadded: false, limit: .characters(20))),
      ("character varying", .text(isPadded: false)),
      ("character(1)", .text(isPadded: true, limit: .characters(1))),
      ("text collate \"C\"", .text(isPadded: false)), ("name", .text(isPadded: false, limit: .bytes(63))),
      ("\"char\"", .text(isPadded: false, limit: .bytes(1))), ("money", .money), ("bytea", .bytes),
      ("jsonb", .json(isBinary: true)), ("uuid", .uuid), ("uuid[]", .other), ("text[]", .other),
      ("interval(2)", .other),
      ("numeric(10,2)[]", .other), ("timestamp(3) without time zone[]", .other),
    ] {
      #expect(ColumnKind(type: type) == kind, "\(type)")
    }
    for (type, base, digits): (String, String, Int) in [
      ("date", "date", 6), ("timestamp(3) without time zone", "timestamp without time zone", 3),
      ("time with time zone", "time with time zone", 6),
      ("time(0) without time zone", "time without time zone", 0),
    ] {
      #expect(ColumnKind(type: type) == TimeKind(base: base, digits: digits).map(ColumnKind.time), "\(type)")
    }
  }

  @Test(arguments: [
    RowKey([.integer(.min)]), RowKey([.text([]), .blob([0, 255])]),
    RowKey([.double(-0.0), .text([0xC3, 0x28, 0])]),
  ])
  func storedKeys(key: RowKey) {
    #expect(RowKey(stored: key.stored) == key)
  }

  @Test func otherTextsAreNoKeys() {
    for text in ["", "x1", "i", "i1,t4", "tzz"] { #expect(RowKey(stored: text) == nil, "\(text)") }
  }

  private func convert(_ bytes: [UInt8], _ kind: ColumnKind, mends: Bool = false) throws -> SQLValue {
    try bytes.withUnsafeBufferPointer {
      let converted = try ValueConverter(kind: kind, mendsText: mends).convert(.text($0))
      return converted.ownedForTests
    }
  }

  @Test func decimalsAreEqualAsNumbers() {
    for (first, second) in [
      ("1.50", " +01.5 "), ("1e22", "10000000000000000000000.000"), ("-0.0", "0"), ("12.5e-3", ".0125"),
      ("-5.", "-5"),
    ] {
      #expect(DecimalText(first.utf8) != nil, "\(first)")
      #expect(DecimalText(first.utf8) == DecimalText(second.utf8), "\(first), \(second)")
    }
    #expect(DecimalText("0.1".utf8) != DecimalText("0.10000000000000001".utf8))
    #expect(DecimalText("1".utf8) != DecimalText("-1".utf8))
    for text in ["", " ", ".", "NaN", "1e", "1e99999999999999999999", "1.2.3", "0x1F", "1 2"] {
      #expect(DecimalText(text.utf8) == nil, "\(text)")
    }
  }

  @Test(arguments: [
    ("1.25", 2, true), ("1.250", 2, true), ("1.255", 2, false), ("1e-3", 2, false), ("1e3", 0, true),
    ("1200", -2, true), ("1250", -2, false), ("0", -2, true),
  ])
  func decimalPlaces(text: String, scale: Int, fits: Bool) {
    #expect(DecimalText(text.utf8)?.fits(scale: scale) == fits)
  }

  /// Texts that PostgreSQL takes, and changes without a word, or reads by its settings.
  @Test(arguments: [
    ("date", "2024-01-01 23:59:59"), ("date", "2024-01-01 00:00:00.5"), ("date", "2024-01-01 00:00:00+05:00"),
    ("date", "Jan 1 2024"), ("date", "01/02/2024"), ("date", "today"), ("date", "2024/01/01"),
    ("date", "2024-031"), ("date", "240131"), ("date", " 2024-01-01"), ("date", "2024-01-01 10"),
    ("timestamp without time zone", "20240101"), ("timestamp without time zone", "epoch"),
    ("timestamp without time zone", "2024-01-01T00:00:00+05:00"),
    ("timestamp without time zone", "2024-01-01 -05"), ("timestamp without time zone", "20240101T1011-0530"),
    ("timestamp without time zone", "2024-01-01 10:00 Europe/Paris"),
    ("timestamp without time zone", "2024-01-01 10:00:00 EST"),
    ("timestamp without time zone", "2024-01-01 24:00"),
    ("timestamp without time zone", "2024-01-01 23:59:60"),
    ("timestamp without time zone", "2024-01-01 10:00:00."), ("timestamp without time zone", ""),
    ("timestamp without time zone", "2024-01-01 10:00 PM"),
    ("timestamp without time zone", "2024-01-01 00:00:00.1234567"),
    ("timestamp(3) without time zone", "2024-01-01 00:00:00.1234"),
    ("timestamp(0) with time zone", "2024-01-01 00:00:00.5+02"), ("timestamp with time zone", "NOW"),
    ("timestamp with time zone", "2024-01-01 10:00:00+05:"), ("time without time zone", "10:00:00+01"),
    ("time without time zone", "2024-01-01 10:00"), ("time(1) with time zone", "10:11:12.15"),
    ("time without time zone", "now"), ("time without time zone", "101112"),
    ("time without time zone", "1:02"),
  ])
  func timesThatTheServerWouldChange(type: String, text: String) {
    #expect(throws: UnfitValue.self) { try convert(Array(text.utf8), ColumnKind(type: type)) }
  }

  @Test(arguments: [
    ("date", "2024-01-01"), ("date", "2024-01-01 00:00:00"), ("date", "2024-01-01T00:00:00.000Z"),
    ("date", "20240101"), ("date", "infinity"), ("timestamp without time zone", "2024-01-01"),
    ("timestamp without time zone", "2024-01-01T10:11:12Z"),
    ("timestamp without time zone", "2024-01-01 10:11"),
    ("timestamp without time zone", "2024-01-01 10:11:12.123456000+00:00"),
    ("timestamp without time zone", "-infinity"),
    ("timestamp(3) without time zone", "2024-01-01 00:00:00.123"),
    ("timestamp with time zone", "2024-01-01 10:11:12.5 -0530"),
    ("timestamp with time zone", "2024-01-01T10:11+05"), ("time without time zone", "10:11:12.123456"),
    ("time with time zone", "10:11:12+05:30"),
    // The server refuses these.
    ("date", "2024-13-01"), ("timestamp without time zone", "10:11"),
  ])
  func timesThatTheServerKeeps(type: String, text: String) throws {
    #expect(try convert(Array(text.utf8), ColumnKind(type: type)) == .text(text))
  }

  /// A number is a day at most: seconds since 1970 the server would take for something else.
  @Test(
    arguments: [
      ("date", 20_240_131, true), ("date", 1_700_001_015, false), ("date", 240_131, false),
      ("timestamp with time zone", 20_240_131, false), ("timestamp without time zone", 1_700_001_015, false),
    ] as [(String, Int64, Bool)])
  func numbersAsTimes(type: String, number: Int64, isAdmitted: Bool) {
    let converter = ValueConverter(kind: ColumnKind(type: type))
    #expect(((try? converter.convert(.integer(number))) != nil) == isAdmitted)
    #expect(throws: UnfitValue.noTime) { try converter.convert(.double(20_240_131.5)) }
  }

  @Test(arguments: [
    ("character varying(3)", "abc   "), ("character varying(3)", "äöüß"), ("character(3)", "abcd"),
    ("name", String(repeating: "ä", count: 32)), ("\"char\"", "ab"), ("money", "1.005"),
    ("money", "$1,000.005"), ("money", "(0.001)"),
  ])
  func textsThatTheServerWouldCut(type: String, text: String) {
    #expect(throws: UnfitValue.self) { try convert(Array(text.utf8), ColumnKind(type: type)) }
  }

  @Test(arguments: [
    ("character varying(3)", "äöü"), ("character varying(3)", "ab "), ("character(3)", "abc   "),
    ("name", String(repeating: "a", count: 63)), ("\"char\"", ""), ("money", "1.500"),
    ("money", "-$1,000.05"),
    ("money", "1,5"),
  ])
  func textsThatTheServerKeeps(type: String, text: String) throws {
    #expect(try convert(Array(text.utf8), ColumnKind(type: type)) == .text(text))
  }

  @Test(arguments: [
    ("1e22", "10000000000000000000000", true), ("-0.0", "0", true), (" [1.50, null] ", "[1.5,null]", true),
    (#"{"a": 1e16, "b": {}}"#, #"{"b": {}, "a": 10000000000000000}"#, true),
    (#"{"a": 1, "a": 2}"#, #"{"a": 2}"#, true), (#"{"a": 1, "a": 2}"#, #"{"a": 1}"#, false),
    (#""\u00e9\ud83d\ude00\n\/""#, #""é😀\u000a/""#, true), (#""e\u0301""#, #""é""#, false),
    ("1", #""1""#, false), ("[1, 2]", "[2, 1]", false), ("true", "false", false), ("[]", "{}", false),
    ("0.1", "0.10000000000000001", false), (#"{"a": null}"#, "{}", false),
  ])
  func valuesOfJSON(first: String, second: String, areEqual: Bool) {
    #expect(BinaryJSON(first) != nil)
    #expect(BinaryJSON(second) != nil)
    #expect((BinaryJSON(first) == BinaryJSON(second)) == areEqual)
  }

  @Test(arguments: ["", "[1", "{\"a\"}", "1 2", "\"a", "nul", "[1,]", #""\u12""#, #""\"#])
  func textsThatAreNoJSON(text: String) {
    #expect(BinaryJSON(text) == nil)
  }

  @Test func deepJSONIsNotLookedAt() {
    #expect(BinaryJSON(String(repeating: "[", count: 512) + String(repeating: "]", count: 512)) != nil)
    #expect(BinaryJSON(String(repeating: "[", count: 100_000)) == nil)
  }

  /// Sequences at the bounds of what UTF-8 allows.
  @Test(
    arguments: [
      [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
      [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80], [0xC3], [0xE2, 0x82], [0x41, 0xFF],
    ] as [[UInt8]])
  func notUTF8(bytes: [UInt8]) {
    #expect(throws: UnfitValue.notUTF8) { try convert(bytes, .text(isPadded: false)) }
  }

  @Test(arguments: ["\u{7F}\u{80}", "\u{7FF}\u{800}", "\u{D7FF}\u{E000}", "\u{FFFF}\u{10000}\u{10FFFF}"])
  func validUTF8(text: String) throws {
    #expect(try convert(Array(text.utf8), .text(isPadded: false)) == .text(text))
  }

  @Test func copyTextKeepsARowOnALine() {
    var text = CopyText()
    "a\tb\n\\".utf8.withContiguousStorageIfAvailable { text.append(text: $0) }
    text.appendNull()
    text.append(Int64(5))
    text.append(true)
    text.append(-Double.infinity)
    [UInt8](0...1).withUnsafeBufferPointer { text.append(bytes: $0) }
    text.endRow()
    text.append(Int64(6))
    text.dropRow()
    #expect(String(decoding: text.bytes, as: UTF8.self) == "a\\tb\\n\\\\\t\\N\t5\tt\t-Infinity\t\\\\x0001\n")
    #expect(text.rowCount == 1)
  }

  @Test func theLedgerSaysWhatIsWrong() {
    for (port, message) in [
      ("sequence: {}", "ledger:4:3: unknown key 'sequence'"),
      ("sequences: {a: [orders]}", "expected a table and a column"),
      ("sequences: {a: []}", "a sequence needs a column"),
      ("sequences: {a: {lowest: t.c}}", "unknown key 'lowest'"),
      ("rebuild: [{tables: []}]", "what is built anew needs a table"),
      ("rebuild: [{tables: [a]}, {tables: [a]}]", "built anew twice"),
      ("rebuild: [{tables: [a], queue: [{depends_on: x}]}]", "the key 'update' is missing"),
      ("rebuild: [{tables: [a], sql: DELETE FROM a; DELETE FROM b}]", "more than one statement"),
      ("rebuild: [{tables: [a], sql: [DELETE FROM a, DELETE FROM b WHERE c = $1]}]", "'$1' is a parameter"),
    ] {
      let error = #expect(throws: GradusError.self, "\(port)") {
        try Ledger(text: "version: 1\ncompat_version: 1\nport:\n  \(port)\n", file: "ledger")
      }
      #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    }
  }

  @Test func theLedgerIsRead() throws {
    let ledger = try Ledger(
      text: """
        version: 2
        compat_version: 1
        versions: {1: {compat: 1}, 2: {compat: 1}}
        port:
          sequences: {a: [t.x, u.y], b: {lowest_of: t.x}, c: t.x}
          rebuild: [{tables: t, sql: DELETE FROM t, queue: [{update: fill, depends_on: first}]}]
        """, file: "ledger")
    #expect(ledger.port.sequences["a"]?.columns.map(\.description) == ["t.x", "u.y"])
    #expect(ledger.port.sequences["b"] == .lowestOf(.init(table: "t", name: "x")))
    #expect(ledger.port.rebuilds.first?.queue == [QueuedUpdate(name: "fill", dependsOn: "first")])
    #expect(try ledger.acting(as: 1).port == ledger.port)
  }

  @Test func aColumnThatMustHaveAValue() {
    var table = CatalogTable()
    table.columns = [
      CatalogColumn(name: "id", type: "bigint", isNullable: false),
      CatalogColumn(name: "needed", type: "text", isNullable: false),
      CatalogColumn(name: "given", type: "text", isNullable: false, defaultValue: "''"),
    ]
    var catalog = Catalog()
    catalog.tables["t"] = table
    let source = SourceSchema(tables: [SourceTable(name: "t", columns: ["ID", "rowid", "oid", "_rowid_"])])
    let (plan, reasons) = PortPlanner(version: 1, declaration: .init(), leaveOut: []).plan(source, catalog)
    #expect(plan.tables == [])
    #expect(
      reasons == [
        "t has no column rowid on PostgreSQL", "t has no column oid on PostgreSQL",
        "t has no column _rowid_ on PostgreSQL",
        "t.needed must not be NULL, and the source has no values for it",
        "t hides its row ids behind columns of all three names",
      ])
  }
}

extension ConvertedValue {
  var ownedForTests: SQLValue {
    switch self {
    case .text(let bytes): .text(String(decoding: bytes, as: UTF8.self))
    case .mendedText(let bytes): .text(String(decoding: bytes, as: UTF8.self))
    default: .null
    }
  }
}
