import Foundation
import GradusSQL
import GradusTestSupport
import Testing

@Suite struct FileLockTests {
  /// Whoever may write the database may migrate it, also after root has done so once.
  @Test func hasTheRightsOfItsDatabase() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      guard case .sqlite(let path) = database.location else { return }
      try Data().write(to: URL(filePath: path))
      #expect(chmod(path, 0o660) == 0)
      let owner: uid_t = geteuid() == 0 ? 1 : geteuid()
      if geteuid() == 0 { #expect(chown(path, owner, 1) == 0) }
      for lock in [path + ".gradus-lock", path + ".gradus-lock-updates"] {
        guard case .acquired(let held) = try FileLock.tryAcquire(path: lock, holder: "me") else {
          Issue.record("the lock should be free")
          return
        }
        var found = stat()
        #expect(stat(lock, &found) == 0)
        #expect(found.st_mode & 0o777 == 0o660)
        #expect(found.st_uid == owner)
        guard case .held(by: "me") = try FileLock.tryAcquire(path: lock, holder: "another") else {
          Issue.record("the lock should be held")
          return
        }
        held.release()
      }
    }
  }

  /// Somebody who may write the folder may have put a link there, to what only root may write.
  @Test func aLinkIsNotFollowed() async throws {
    try await TestDatabase.withDatabase(.sqlite) { database in
      guard case .sqlite(let path) = database.location else { return }
      let (file, folder) = (path + ".another", path + ".folder")
      try Data("kept".utf8).write(to: URL(filePath: file))
      try FileManager.default.createSymbolicLink(
        atPath: path + ".gradus-lock", withDestinationPath: file)
      let error = #expect(throws: SQLError.self) {
        try FileLock.tryAcquire(path: path + ".gradus-lock", holder: "me")
      }
      #expect(error?.message.contains(".gradus-lock") == true)
      #expect(try String(contentsOfFile: file, encoding: .utf8) == "kept")
      #expect(mkdir(folder, 0o700) == 0)
      try FileManager.default.createSymbolicLink(
        atPath: path + ".gradus-live", withDestinationPath: folder)
      try Data().write(to: URL(filePath: path))
      #expect(chmod(path, 0o666) == 0)
      FileAttributes(of: path)?.apply(toFolder: path + ".gradus-live")
      var found = stat()
      #expect(stat(folder, &found) == 0)
      #expect(found.st_mode & 0o777 == 0o700)
    }
  }
}
