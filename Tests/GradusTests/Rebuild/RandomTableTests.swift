import GradusSQL
import GradusTestSupport
import Testing

@testable import Gradus

@Suite struct RandomTableTests {
  private func columns(_ table: String, _ connection: Connection) throws -> [[SQLValue]] {
    try connection.query(
      #"SELECT name, type, "notnull", dflt_value, pk, hidden FROM pragma_table_xinfo($1)"#, [.text(table)]
    ).map(\.values)
  }

  private func indexes(_ table: String, _ connection: Connection) throws -> [[SQLValue]] {
    try connection.query(
      #"SELECT i."unique", i.origin, c.seqno, c.cid, c.coll FROM pragma_index_list($1) i, pragma_index_xinfo(i.name) c ORDER BY 2, 3, 4"#,
      [.text(table)]
    ).map(\.values)
  }

  private func inRebuild(_ connection: Connection, _ constraint: UpdateDeclaration.Constraint) throws {
    try RebuildSettings.with(connection) {
      try connection.transaction { connection in
        _ = try SQLiteConstraint(connection: connection, constraint: constraint).add()
      }
    }
  }

  /// Whatever SQLite accepts is edited so that SQLite accepts it, and nothing but the constraint changes.
  @Test func whatIsAcceptedStaysAccepted() async throws {
    let start = SeededGenerator()
    try await TestDatabase.withDatabase(.sqlite) { database in
      try await database.open().run { connection in
        var random = start
        try connection.execute("CREATE TABLE other (x PRIMARY KEY)")
        for _ in 0..<400 {
          let table = RandomTable(&random)
          let name = SQLText.identifier(table.name)
          try connection.execute(table.sql)
          let column = table.columns.randomElement(using: &random)!
          let list = table.columns.map { _ in "10" }.joined(separator: ", ")
          _ = try? connection.execute("INSERT INTO \(name) VALUES (\(list))")
          let rows = try connection.query("SELECT * FROM \(name)").map(\.values)
          var before = try columns(table.name, connection)
          let indexesBefore = try indexes(table.name, connection)
          let foreignKeys = try connection.query(
            "SELECT * FROM pragma_foreign_key_list($1)", [.text(table.name)])

          let check = UpdateDeclaration.Constraint(
            table: table.name, name: "added, -- \"one\"", rule: .check("\(SQLText.identifier(column)) <> 5"))
          try inRebuild(connection, check)
          #expect(try columns(table.name, connection) == before, "seed \(start.seed): \(table.sql)")
          let error = #expect(throws: SQLError.self, "seed \(start.seed): \(table.sql)") {
            let fives = list.replacing("10", with: "5")
            try connection.execute("INSERT INTO \(name) VALUES (\(fives))")
          }
          // A key that refers to nothing refuses each row before a constraint is asked.
          let reasons = ["added, -- \"one\"", "foreign key mismatch"]
          #expect(
            reasons.contains { error?.message.contains($0) == true },
            "seed \(start.seed): \(table.sql): \(String(describing: error))")

          try inRebuild(
            connection, .init(table: table.name, name: "n", rule: .notNull(column: column)))
          before[table.columns.firstIndex(of: column)!][2] = 1
          #expect(try columns(table.name, connection) == before, "seed \(start.seed): \(table.sql)")
          #expect(try indexes(table.name, connection) == indexesBefore, "seed \(start.seed): \(table.sql)")
          #expect(
            try connection.query("SELECT * FROM pragma_foreign_key_list($1)", [.text(table.name)]).map(
              \.values)
              == foreignKeys.map(\.values), "seed \(start.seed): \(table.sql)")
          #expect(try connection.query("SELECT * FROM \(name)").map(\.values) == rows, "seed \(start.seed)")
          try connection.execute("DROP TABLE \(name)")
        }
      }
    }
  }
}
