import Foundation
import GradusPostgres
import GradusSQL

/// The PostgreSQL server on which tests make their databases.
struct TestServer {
  static let variable = "GRADUS_TEST_POSTGRES"

  private let address: String

  static var isConfigured: Bool { ProcessInfo.processInfo.environment[variable]?.isEmpty == false }

  static func fromEnvironment() throws -> TestServer {
    guard let address = ProcessInfo.processInfo.environment[variable], !address.isEmpty else {
      throw SQLError(.invalidConfiguration, "\(variable) is not set", hint: "run the tests by tools/test")
    }
    return TestServer(address: address)
  }

  /// The server's address with another database's name; of an option given twice, libpq takes the last.
  func connectionString(database: String) -> String {
    guard address.contains("://") else { return "\(address) dbname=\(database)" }
    return address + (address.contains("?") ? "&" : "?") + "dbname=" + database
  }

  /// Runs a statement outside any transaction.
  func execute(_ sql: String) async throws {
    let session = try await Session.open(
      PostgresDriver(connectionString: address, applicationName: "gradus-test"))
    try await session.run { _ = try $0.execute(sql) }
  }
}
