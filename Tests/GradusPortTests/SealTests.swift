import Gradus
import GradusPort
import GradusSQL
import GradusTestSupport
import Synchronization
import Testing

/// No application opens the target from its first table on.
@Suite(.enabled(if: TestDatabase.availableEngines.contains(.postgres))) struct SealTests {
  /// Opens the target as an application would, when its schema has just been made; then the making fails, if it is to.
  private final class Application: ForegroundCompleter {
    let base: any ForegroundCompleter
    let target: TestDatabase
    let fails: Bool
    let refusals = Mutex<[GradusError.Code]>([])

    init(_ place: PortPlace, fails: Bool) throws {
      base = try place.runner
      target = place.target
      self.fails = fails
    }

    struct Failure: Error {}

    func knows(_ name: String) -> Bool { base.knows(name) }

    func complete(
      _ names: [String], of database: PhysicalDatabase, on session: Session,
      report: @escaping @Sendable (UpdateProgressReport) -> Void
    ) async throws {
      try await base.complete(names, of: database, on: session, report: report)
      let schema = try await session.run { try $0.query("SELECT current_schema()::text")[0].text(0) }
      // Before, it is tried in another one.
      guard schema == "public" else { return }
      do {
        let presence = try await VersionPresence.announce(
          version: 1, on: PhysicalDatabase(driver: target.driver))
        await presence.release()
      } catch let error as GradusError {
        refusals.withLock { $0.append(error.code) }
      }
      if fails { throw Failure() }
    }
  }

  @Test func theSchemaIsMadeUnderIt() async throws {
    try await PortPlace.with(RefusalTests.files) { place in
      try await place.write("INSERT INTO notes (id, note) VALUES (1, 'a')")
      let application = try Application(place, fails: false)
      #expect(try await place.port(completer: application).status == .complete)
      #expect(application.refusals.withLock { $0 } == [.databaseTooNew])
      #expect(try await place.rows("SELECT compat_version FROM schema_compat_version") == [[1]])
    }
  }

  @Test func anInterruptedPortLeavesItClosed() async throws {
    try await PortPlace.with(RefusalTests.files) { place in
      try await place.write("INSERT INTO notes (id, note) VALUES (1, 'a')")
      let application = try Application(place, fails: true)
      await #expect(throws: Application.Failure.self) { try await place.port(completer: application) }
      #expect(try await place.rows("SELECT phase FROM gradus_port_state") == [["preparing"]])
      let error = await #expect(throws: GradusError.self) {
        try await DatabaseMigrator(
          schema: place.schema.definition(), database: PhysicalDatabase(driver: place.target.driver)
        ).migrate(on: place.target.open())
      }
      #expect(error?.code == .databaseTooNew)
      #expect(try await place.port().status == .complete)
      #expect(try await place.rows("SELECT id FROM notes") == [[1]])
      #expect(try await place.rows("SELECT compat_version FROM schema_compat_version") == [[1]])
    }
  }

  /// Loses the connection before the first statement on the compat version that follows the port's record.
  private final class LosingDriver: ForwardingDriver {
    let base: any Driver
    private let hasBegun = Mutex(false)

    init(_ base: any Driver) { self.base = base }

    func open() throws -> any ConnectionBackend { try StatementDriver(base) { try self.visit($0) }.open() }

    private func visit(_ sql: String) throws {
      try hasBegun.withLock { hasBegun in
        if hasBegun, sql.contains("schema_compat_version") { throw SQLError(.connectionLost, "lost") }
        if sql.hasPrefix("CREATE TABLE IF NOT EXISTS gradus_port_state") { hasBegun = true }
      }
    }
  }

  /// Else an application would find the target open, make the schema there, and lose its rows to the rerun.
  @Test func thePortsRecordAndItComeTogether() async throws {
    try await PortPlace.with(RefusalTests.files) { place in
      let driver = LosingDriver(place.target.driver)
      let error = await #expect(throws: SQLError.self) { try await place.port(through: driver) }
      #expect(error?.message == "lost")
      #expect(try await place.rows("SELECT to_regclass('gradus_port_state') IS NULL") == [[true]])
      let report = try await place.port()
      #expect(report.status == .complete)
    }
  }
}
