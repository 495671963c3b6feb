import GradusSQL
import Testing

@testable import GradusPostgres

/// What SQLSTATEs are taken for.
@Suite struct PostgresErrorTests {
  /// A quota, or a limit to the size of files, has none of its own: an update that meets it is not to blame.
  @Test(arguments: [
    ("mdextend", SQLError.Code.diskFull), ("BufFileDumpBuffer", .diskFull), ("mdread", .other), ("", .other),
  ])
  func aFileThatMayNotGrowIsAFullDisk(function: String, expected: SQLError.Code) {
    let code = SQLError.Code(
      sqlState: "XX000", message: "could not extend file \"base/1/2\": File too large", function: function)
    #expect(code == expected)
  }
}
