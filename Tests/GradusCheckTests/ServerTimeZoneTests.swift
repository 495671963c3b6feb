import Foundation
import GradusCheck
import GradusTestSupport
import Testing

/// What is written anew is found whatever the time zone of the server is that scratch databases are on.
@Suite struct ServerTimeZoneTests {
  @Test(arguments: ["UTC", "Europe/Berlin"])
  func timestampsThatGetAZone(zone: String) async throws {
    guard let address = ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"] else { return }
    let option = "-c TimeZone=\(zone)"
    let encoded = option.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let server =
      address.contains("://")
      ? address + (address.contains("?") ? "&" : "?") + "options=\(encoded)"
      : "\(address) options='\(option)'"
    let findings = try await Corpus.check(
      [.postgres],
      [
        "schema/main/1/01_base.sql": "CREATE TABLE posts (id BIGINT PRIMARY KEY, created TIMESTAMP);",
        "delta/main/2/01_change.sql": "ALTER TABLE posts ALTER COLUMN created TYPE TIMESTAMPTZ;",
      ], server: try ScratchServer(server))
    #expect(findings.map(\.rule).sorted() == ["C06", "P05"], "\(findings.map(\.message))")
  }
}
