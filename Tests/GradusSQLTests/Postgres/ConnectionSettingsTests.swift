import Testing

@testable import GradusPostgres

@Suite struct ConnectionSettingsTests {
  /// With an accent behind it the last letter of a password is another character to Swift.
  @Test(arguments: ["", "\u{301}", "\r\n!"])
  func secretsAreTakenOutWhateverComesBehindThem(rest: String) throws {
    let settings = try ConnectionSettings(parsing: "host=localhost password=secret")
    #expect(settings.redacted("no user has secret\(rest)").hasPrefix("no user has ***\(rest.prefix(1))"))
  }

  /// Which server and which database it means, only its file says.
  @Test(arguments: [
    ("service=shop", "service shop"), ("service=shop dbname=test", "service shop/test"),
    ("postgres:///?service=shop&host=db", "db"), ("host=db dbname=test", "db/test"),
    ("host=db port=5433 dbname=test", "db:5433/test"), ("host=::1 port=5433 dbname=test", "[::1]:5433/test"),
    ("host=a,b port=5432,5433 dbname=test", "a,b:5432,5433/test"),
    ("host=db port=5432 dbname=test", "db/test"),
  ])
  func isNamed(text: String, name: String) throws {
    #expect(try ConnectionSettings(parsing: text).databaseName == name)
  }
}
