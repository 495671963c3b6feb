import Foundation
package import GradusPostgres
import GradusSQL
package import GradusTestSupport

extension PostgresCluster {
  /// An empty database, which goes with the server.
  ///
  /// - Parameter name: its name; nil for any.
  /// - Throws: `SQLError`.
  package func makeDatabase(_ name: String? = nil) async throws -> TestDatabase {
    let name = name ?? "test_" + UUID().uuidString.lowercased().filter { $0 != "-" }
    try await open().run { _ = try $0.execute("CREATE DATABASE \(name) TEMPLATE template0") }
    return TestDatabase(at: .postgres(address(database: name)))
  }
}

extension TestDatabase {
  /// The same database by another way.
  ///
  /// - Parameter port: a loopback port that leads to its server.
  package func through(port: UInt16) -> PostgresDriver {
    // Of an option given twice, libpq takes the last.
    PostgresDriver(connectionString: address + "&host=127.0.0.1&port=\(port)", applicationName: "gradus-test")
  }

  /// The same database with further options of the connection string, such as `options=-c...`.
  package func with(_ options: String) -> TestDatabase {
    TestDatabase(at: .postgres(address + "&" + options))
  }
}
