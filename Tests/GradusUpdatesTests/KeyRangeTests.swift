import GradusSQL
import GradusTestSupport
import Testing

@testable import GradusUpdates

@Suite struct KeyRangeTests {
  private func range(_ engine: Engine) -> KeyRange {
    KeyRange(
      engine: engine, key: ["a", "b"], lower: [.integer(1), .text("x")], upper: [.integer(2), .text("y")])
  }

  @Test func rangesExpand() {
    #expect(
      range(.sqlite).expand("DELETE FROM t WHERE {range} OR {range:u}")
        == #"DELETE FROM t WHERE (("a", "b") > ($1, $2) AND ("a", "b") <= ($3, $4)) OR (("u"."a", "u"."b") > ($1, $2) AND ("u"."a", "u"."b") <= ($3, $4))"#
    )
    #expect(
      range(.postgres).expand("{range:u}")
        == #"(("u"."a", "u"."b") > ($1, $2) AND ("u"."a", "u"."b") <= ($3, $4) AND "u"."a" >= $1 AND "u"."a" <= $3)"#
    )
    let first = KeyRange(engine: .postgres, key: ["a"], lower: nil, upper: [.integer(2)])
    #expect(first.expand("{range}{range:_1}") == #"("a") <= ($1)("_1"."a") <= ($1)"#)
    let known = KeyRange(engine: .postgres, key: ["a"], lower: nil, upper: [.integer(2)], first: .integer(1))
    #expect(known.expand("{range}") == #"(("a") <= ($1) AND "a" >= $2)"#)
    #expect(known.parameters == [2, 1])
  }

  /// Columns with one value throughout the slice are compared by themselves, and their value is bound once.
  @Test func sharedColumnsAreEqual() {
    let range = KeyRange(
      engine: .postgres, key: ["a", "b", "c"], lower: [.integer(1), .integer(2), .integer(3)],
      upper: [.integer(1), .integer(4), .integer(5)])
    #expect(
      range.condition()
        == #"("a" = $1 AND ("b", "c") > ($2, $3) AND ("b", "c") <= ($4, $5) AND "b" >= $2 AND "b" <= $4)"#)
    #expect(range.parameters == [1, 2, 3, 4, 5])
  }

  @Test(arguments: [
    "", "{range", "{range:}", "{range:1a}", "{range:a b}", "{ranges}", "{range:a", "{Range}", "'{}'",
  ])
  func whatIsNoPlaceholderStays(text: String) { #expect(range(.sqlite).expand(text) == text) }

  @Test func whatIsNoKeyIsRefused() {
    let number = #expect(throws: SQLError.self) { try KeyValue(.double(1), of: "size") }
    #expect(number?.message == "the key column 'size' holds neither text nor a whole number")
    let null = #expect(throws: SQLError.self) { try KeyValue(.null, of: "size") }
    #expect(null?.message.contains("'size' is NULL") == true)
    #expect(null?.message.contains("NOT NULL") == true)
  }

  /// They are not NULL, as PostgreSQL's arrays of them seem to say.
  @Test(
    .enabled(if: TestDatabase.availableEngines.contains(.postgres)),
    arguments: [["id", "tags"], ["tags"]], ["{1,2}", "{1}", "{}"])
  func arraysAreNoKey(key: [String], second: String) async throws {
    try await TestDatabase.withDatabase(.postgres) { place in
      try await place.open().run { connection in
        try connection.execute("CREATE TABLE t (id BIGINT, tags INT[])")
        try connection.execute("INSERT INTO t VALUES (1, '{3,4}')")
        try connection.execute("INSERT INTO t VALUES (2, $1)", [.text(second)])
        let error = #expect(throws: SQLError.self) {
          try KeyRange.next(table: "t", key: key, past: nil, size: 10, on: connection)
        }
        #expect(error?.code == .unexpectedValue)
        let message = error?.message ?? ""
        #expect(message.contains("'tags' holds neither text nor a whole number"), "\(message)")
        #expect(error?.hint != nil)
      }
    }
  }

  /// The planner knows how small a slice from the midst of a table is, with few and with many values of the first
  /// column. Where it takes a slice for a quarter of the table, it reads the whole of a large table.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)), arguments: [2, 500])
  func aSliceOfSeveralColumnsIsKnownToBeSmall(values: Int) async throws {
    try await TestDatabase.withDatabase(.postgres) { place in
      let plan = try await place.open().run { connection in
        try connection.execute("CREATE TABLE t (a TEXT, b BIGINT, c BIGINT, PRIMARY KEY (a, b))")
        // Inserted out of the key's order, so that following the index is dear.
        try connection.execute(
          "INSERT INTO t SELECT md5((i % \(values))::text), i, 0 FROM generate_series(1, 50000) AS i")
        try connection.execute("ANALYZE t")
        let middle = try connection.queryRow("SELECT a, b FROM t ORDER BY a, b OFFSET 20000 LIMIT 1")!
        let slice = try KeyRange.next(
          table: "t", key: ["a", "b"], past: middle.values.map { try KeyValue($0, of: "") }, size: 150,
          on: connection)
        let (range, rows) = try #require(slice)
        #expect(rows == 150)
        let sql = range.expand("UPDATE t SET c = 1 WHERE {range}")
        #expect(try connection.execute(sql, range.parameters) == 150)
        return try connection.query("EXPLAIN " + sql, range.parameters).map { try $0.text(0) }
      }
      let estimates = plan.joined().matches(of: #/ rows=(\d+)/#).compactMap { Int($0.output.1) }
      #expect(estimates.max() ?? .max < 1_500, "\(plan)")
    }
  }

  /// Slice after slice, each row is in one, whatever part of the key its ends share.
  @Test(arguments: TestDatabase.availableEngines, [1, 3, 7])
  func slicesPartTheTable(engine: Engine, size: Int) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      try await place.open().run { connection in
        try connection.execute(
          "CREATE TABLE t (a TEXT, b INTEGER, c BIGINT, n BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (a, b, c))")
        for index in 0..<60 {
          try connection.execute(
            "INSERT INTO t (a, b, c) VALUES ($1, $2, $3)",
            [.text("\(index % 2)"), SQLValue(index % 5), SQLValue(index)])
        }
        var last: [KeyValue]?
        while let (range, rows) = try KeyRange.next(
          table: "t", key: ["a", "b", "c"], past: last, size: size, on: connection)
        {
          let sql = range.expand("UPDATE t AS u SET n = n + 1 WHERE {range:u}")
          #expect(try connection.execute(sql, range.parameters) == rows)
          last = range.upper
        }
        #expect(try connection.queryRow("SELECT count(*) FROM t WHERE n = 1")?[0].integer == 60)
      }
    }
  }

  /// SQLite takes a name that a query gives to a part of itself for that part, also within it.
  @Test(arguments: TestDatabase.availableEngines)
  func aTableMayBeNamedSlice(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      try await place.open().run { connection in
        try connection.execute("CREATE TABLE slice (a BIGINT, b BIGINT, PRIMARY KEY (a, b))")
        try connection.execute("INSERT INTO slice VALUES (1, 1), (1, 2)")
        let slice = try KeyRange.next(table: "slice", key: ["a", "b"], past: nil, size: 5, on: connection)
        #expect(slice?.rows == 2)
      }
    }
  }

  /// A slice ends where the column's own order says, whatever the keys' type.
  @Test(arguments: TestDatabase.availableEngines)
  func slicesOfOneColumnFollowItsOrder(engine: Engine) async throws {
    try await TestDatabase.withDatabase(engine) { place in
      try await place.open().run { connection in
        let collation = connection.engine == .sqlite ? "COLLATE NOCASE" : ""
        try connection.execute("CREATE TABLE t (k TEXT \(collation) PRIMARY KEY)")
        #expect(try KeyRange.next(table: "t", key: ["k"], past: nil, size: 2, on: connection)?.rows == nil)
        try connection.execute("INSERT INTO t VALUES ('a'), ('B'), ('c'), ('D'), ('e')")
        var (last, found): ([KeyValue]?, [[KeyValue]]) = (nil, [])
        while let (range, _) = try KeyRange.next(table: "t", key: ["k"], past: last, size: 2, on: connection)
        {
          last = range.upper
          found.append(range.upper)
        }
        let sorted = connection.engine == .sqlite ? ["B", "D", "e"] : ["D", "c", "e"]
        #expect(found == sorted.map { [.text($0)] })
        guard connection.engine == .postgres else { return }
        try connection.execute("CREATE TABLE u (k UUID PRIMARY KEY)")
        try connection.execute("INSERT INTO u SELECT gen_random_uuid() FROM generate_series(1, 3)")
        #expect(try KeyRange.next(table: "u", key: ["k"], past: nil, size: 5, on: connection)?.rows == 3)
      }
    }
  }

  /// Of a queue the beginning has been taken off, and the planner's statistics do not know it yet.
  @Test(.enabled(if: TestDatabase.availableEngines.contains(.postgres)))
  func theFirstSliceOfAQueueIsKnownToBeSmall() async throws {
    try await TestDatabase.withDatabase(.postgres) { place in
      let plan = try await place.open().run { connection in
        try connection.execute("CREATE TABLE q (k BIGINT PRIMARY KEY, filler TEXT)")
        try connection.execute("INSERT INTO q SELECT i, repeat('x', 100) FROM generate_series(1, 50000) AS i")
        try connection.execute("ANALYZE q")
        try connection.execute("DELETE FROM q WHERE k <= 45000")
        let slice = try KeyRange.next(table: "q", key: ["k"], past: nil, size: 100, on: connection)
        let (range, rows) = try #require(slice)
        #expect(rows == 100)
        let sql = "DELETE FROM q WHERE \(range.condition())"
        #expect(try connection.execute(sql, range.parameters) == 100)
        return try connection.query("EXPLAIN " + sql, range.parameters).map { try $0.text(0) }
      }
      #expect(plan.contains { $0.contains("Index") }, "\(plan)")
    }
  }

  /// SQLite holds any bytes as text. A slice that ends with such would never be passed.
  @Test func aKeyThatIsNoUTF8IsNamed() async throws {
    try await TestDatabase.withDatabase(.sqlite) { place in
      try await place.open().run { connection in
        for columns in ["k TEXT PRIMARY KEY, a BIGINT", "k TEXT, a BIGINT, PRIMARY KEY (k, a)"] {
          try connection.execute("CREATE TABLE t (\(columns))")
          try connection.execute("INSERT INTO t VALUES ('b', 1), (CAST(x'61ff' AS TEXT), 1)")
          let key = columns.contains("(k, a)") ? ["k", "a"] : ["k"]
          let error = #expect(throws: SQLError.self) {
            try KeyRange.next(table: "t", key: key, past: nil, size: 1, on: connection)?.rows
          }
          #expect(error?.message.contains("a key of 't' is no UTF-8 text") == true)
          #expect(error?.message.contains("'k'") == true)
          // One within a slice is reached.
          #expect(try KeyRange.next(table: "t", key: key, past: nil, size: 2, on: connection)?.rows == 2)
          try connection.execute("DROP TABLE t")
        }
        // The sign itself is text as any other.
        try connection.execute("CREATE TABLE t (k TEXT PRIMARY KEY)")
        try connection.execute("INSERT INTO t VALUES ($1)", [.text("a\u{FFFD}")])
        #expect(try KeyRange.next(table: "t", key: ["k"], past: nil, size: 1, on: connection)?.rows == 1)
      }
    }
  }
}
