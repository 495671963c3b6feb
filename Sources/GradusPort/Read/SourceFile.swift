import Foundation
import GradusSQL

/// The source while a port reads it: nobody else writes it, and it is the file that the port began with.
struct SourceFile: Sendable {
  let session: Session
  let path: String

  /// Keeps writers off until `release`; who tries waits, and gives up as by any lock.
  ///
  /// - Throws: `PortRefused` where rows are in the log, which no signature knows of; `SQLError`.
  func lock() async throws {
    try await session.run { connection in
      // Into the file, so that its size and time of change are those of its rows.
      _ = try connection.query("PRAGMA wal_checkpoint(TRUNCATE)")
      try connection.execute("BEGIN IMMEDIATE")
    }
    // Who reads an earlier state keeps rows in the log, and so does who wrote between the two statements.
    guard Self.size(Self.attributes(path, suffix: "-wal")) == 0 else {
      await release()
      throw PortRefused(
        ["rows of the source are in its write-ahead log still, as another connection reads or writes it"],
        hint: "end what has the source open, then port again")
    }
  }

  func release() async { await session.settle { _ = try $0.execute("ROLLBACK") } }

  /// Brings what is in the write-ahead log into the file, where a change of it is then seen; waits for nobody.
  ///
  /// - Returns: whether nothing is left there, which a reader may keep.
  func holdsAllRows() async throws -> Bool {
    try await session.run { connection in
      guard let row = try connection.queryRow("PRAGMA wal_checkpoint(PASSIVE)") else { return true }
      return try row.integer(0) == 0 && row.integer(1) == row.integer(2)
    }
  }

  /// What differs when the file has been written since, as far as that can be told without reading it all.
  var signature: String {
    let values = Self.attributes(path)
    let time = (values?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(Self.size(values)) bytes, changed \(Int64(time * 1000))"
  }

  /// - Parameter suffix: of a file that SQLite has beside the database's.
  private static func attributes(_ path: String, suffix: String = "") -> [FileAttributeKey: Any]? {
    let file = URL(filePath: path).resolvingSymlinksInPath().path
    return try? FileManager.default.attributesOfItem(atPath: file + suffix)
  }

  private static func size(_ attributes: [FileAttributeKey: Any]?) -> Int64 {
    (attributes?[.size] as? NSNumber)?.int64Value ?? 0
  }
}
