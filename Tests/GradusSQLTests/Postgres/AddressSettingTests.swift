import Foundation
import GradusPostgres
import GradusSQL
import GradusTestSupport
import Testing

/// What errors tell to write into an address.
@Suite struct AddressSettingTests {
  @Test func eachFormOfAnAddressHasItsOwn() {
    #expect(
      AddressSetting.advice("role", "OWNER")
        == "options=-crole%3DOWNER in a URL, options='-crole=OWNER' in a conninfo string")
    #expect(
      AddressSetting.advice("search_path", #""It's odd""#)
        == #"options=-csearch_path%3D%22It%27s%5C%20odd%22 in a URL, options='-csearch_path="It\'s\\ odd"' in a conninfo string"#
    )
  }

  @Test(
    .enabled(if: TestDatabase.availableEngines.contains(.postgres), "needs PostgreSQL"),
    arguments: [("statement_timeout", "10min"), ("search_path", #""Oth er", public"#)])
  func theServerTakesWhatIsToBeWritten(name: String, value: String) async throws {
    try await TestDatabase.withDatabase(.postgres) { database in
      guard case .postgres(let address) = database.location else { return }
      let forms = AddressSetting.advice(name, value).components(separatedBy: " in a URL, ")
      let conninfo = forms[1].replacing(" in a conninfo string", with: "")
      let changed =
        address.contains("://")
        ? address + (address.contains("?") ? "&" : "?") + forms[0] : "\(address) \(conninfo)"
      let session = try await Session.open(PostgresDriver(connectionString: changed))
      let found = try await session.run { connection in
        try connection.queryRow("SELECT current_setting($1)", [.text(name)])?.text(0)
      }
      #expect(found == value)
    }
  }
}
