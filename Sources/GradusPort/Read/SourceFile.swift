import Foundation
import GradusSQL

/// The source while a port reads it: nobody else writes it, and it is the file that the port began with.
struct SourceFile: Sendable {
  let session: Session

  /// Keeps writers off until `release`; who tries waits, and gives up as by any lock.
  func lock() async throws {
    try await session.run { connection in
      // Into the file, so that its time of change is that of its rows.
      _ = try connection.query("PRAGMA wal_checkpoint(TRUNCATE)")
      try connection.execute("BEGIN IMMEDIATE")
    }
  }

  func release() async { await session.settle { _ = try $0.execute("ROLLBACK") } }

  /// What differs when the file has been written since, as far as that can be told without reading it all.
  static func signature(path: String) -> String {
    let values = try? FileManager.default.attributesOfItem(
      atPath: URL(filePath: path).resolvingSymlinksInPath().path)
    let size = (values?[.size] as? NSNumber)?.int64Value ?? 0
    let time = (values?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(size) bytes, changed \(Int64(time * 1000))"
  }
}
