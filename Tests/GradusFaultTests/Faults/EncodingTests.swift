import Gradus
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// A database that cannot store all characters.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct EncodingTests {
  @Test func isWarnedOfAndNamed() async throws {
    let cluster = try await SharedCluster.get()
    let name = "latin_\(UInt32.random(in: 0...UInt32.max))"
    try await cluster.open().run { connection in
      _ = try connection.execute("CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    }
    let database = TestDatabase(at: .postgres(cluster.address(database: name)))
    let (tree, session) = (try TemporarySchema.shop(), try await database.open())
    let plan = try await DatabaseMigrator(
      schema: try tree.definition(to: 2), database: PhysicalDatabase(driver: database.driver)
    ).migrate(on: session)
    #expect(plan.warnings.contains { $0.contains("LATIN1") }, "\(plan.warnings)")
    let error = await #expect(throws: SQLError.self) {
      try await session.run { try $0.execute("INSERT INTO customers VALUES ($1)", ["🙂"]) }
    }
    #expect(error?.message.contains(#"has no equivalent in encoding "LATIN1""#) == true)
  }
}
