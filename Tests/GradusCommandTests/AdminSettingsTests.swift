import GradusAdmin
import Testing

@testable import GradusCommand

/// The section `admin` of `gradus.yaml`.
@Suite struct AdminSettingsTests {
  /// As all paths of the file are.
  @Test(arguments: [
    ("unix:run/a.sock", "unix:conf/run/a.sock"), ("unix:/run/a.sock", "unix:/run/a.sock"),
    ("127.0.0.1:80", "127.0.0.1:80"),
  ])
  func aSocketIsOfTheFilesFolder(listen: String, expected: String) throws {
    let text = "admin: {listen: \"\(listen)\", token_file: tokens}\n"
    let admin = try ConfigurationFile.read(text, "conf/gradus.yaml").admin
    #expect(admin.listen?.description == expected)
    #expect(admin.tokenFile == "conf/tokens")
  }
}
