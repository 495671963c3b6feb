import Foundation
import GradusSQL
import Testing

@testable import GradusSQLite

/// What SQLite's result codes are taken for.
@Suite struct SQLiteErrorTests {
  /// `SQLITE_PROTOCOL`: many connections began to read the log at once, and this one did not get its turn. An update that
  /// met it is not to be parked.
  @Test func aTurnThatDidNotComeMayComeLater() {
    let code = SQLError.Code(sqlite: 15, message: "locking protocol")
    #expect(code == .lockTimeout)
    #expect(code.isTransient)
  }

  /// A quota, or a limit to the size of files: an update that meets it is not to blame either.
  @Test(arguments: [(EDQUOT, SQLError.Code.diskFull), (EFBIG, .diskFull), (EIO, .other)])
  func aFileThatMayNotGrowIsAFullDisk(systemError: Int32, expected: SQLError.Code) {
    let code = SQLError.Code(sqlite: 778, message: "disk I/O error", systemError: systemError)
    #expect(code == expected)
  }
}
