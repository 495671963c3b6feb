import Testing

@testable import GradusPostgres

@Suite struct ConnectionSettingsTests {
  /// With an accent behind it the last letter of a password is another character to Swift.
  @Test(arguments: ["", "\u{301}", "\r\n!"])
  func secretsAreTakenOutWhateverComesBehindThem(rest: String) throws {
    let settings = try ConnectionSettings(parsing: "host=localhost password=secret")
    #expect(settings.redacted("no user has secret\(rest)").hasPrefix("no user has ***\(rest.prefix(1))"))
  }
}
