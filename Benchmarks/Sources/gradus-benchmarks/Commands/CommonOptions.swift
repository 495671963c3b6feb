import ArgumentParser
import GradusSQL
import GradusTestSupport

/// What all benchmarks take.
struct CommonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "An empty database to run on; may be given several times.",
      discussion: """
        By default a temporary SQLite file and, where GRADUS_TEST_POSTGRES names a PostgreSQL server, a temporary \
        database there.
        """))
  var database: [String] = []

  @Option(help: "Only on a temporary database of this engine: sqlite or postgres.", transform: engine(named:))
  var engine: Engine?

  @Option(help: "Rows of the largest table; each benchmark has its own default.")
  var rows: Int?

  @Option(help: "How often each measurement is taken.")
  var runs = 3

  @Option(help: "text or json.")
  var format = Format.text

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  private static func engine(named name: String) throws -> Engine {
    guard let engine = Engine(rawValue: name) else {
      throw ValidationError("engines are sqlite and postgres")
    }
    return engine
  }

  func validate() throws {
    guard runs >= 1, rows.map({ $0 >= 1 }) ?? true else {
      throw ValidationError("--runs and --rows are at least 1")
    }
    guard database.isEmpty || engine == nil else {
      throw ValidationError("--database says the engine, too; leave out --engine")
    }
  }

  func places() throws -> [Place] {
    guard database.isEmpty else { return try database.map { .given(try DatabaseLocation(parsing: $0)) } }
    let engines = TestDatabase.availableEngines.filter { $0 == engine ?? $0 }
    guard !engines.isEmpty else { throw ValidationError("GRADUS_TEST_POSTGRES names no PostgreSQL server") }
    return engines.map { .temporary($0) }
  }

  /// Measures and prints.
  ///
  /// - Parameter measure: measures on one place.
  func report(_ measure: (Place, inout Report) async throws -> Void) async throws {
    let places = try places()
    var report = Report(machine: try await Machine.current(places))
    for place in places { try await measure(place, &report) }
    print(format == .json ? try report.json() : report.text())
  }
}
