import Foundation
public import GradusSQL

extension TestDatabase {
  /// The engines to run a test on: `@Test(arguments: TestDatabase.availableEngines)`.
  ///
  /// PostgreSQL needs `GRADUS_TEST_POSTGRES` in the environment. Without it there is a notice on standard error; with
  /// `CI=true` the process stops, so that no build passes with half of its tests.
  public static var availableEngines: [Engine] { engines }

  private static let engines: [Engine] = {
    if TestServer.isConfigured { return [.sqlite, .postgres] }
    if ProcessInfo.processInfo.environment["CI"] == "true" {
      fatalError("\(TestServer.variable) is not set: in CI every test runs on PostgreSQL too; run tools/test")
    }
    StandardError.write(
      "notice: \(TestServer.variable) is not set, so tests run on SQLite only; tools/test runs them on both engines"
    )
    return [.sqlite]
  }()
}
