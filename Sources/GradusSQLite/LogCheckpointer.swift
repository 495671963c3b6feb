internal import CGradusSQLite
import Foundation
import GradusSQL
import Synchronization

/// Copies the write-ahead log of a database into its file while the connection that wrote it goes on.
///
/// By default a commit that makes the log long enough copies all of it before it returns, and batches that write all over
/// an index make such commits much of their time. The one thing that another connection cannot do is to let the log
/// begin anew: for that all of it must be in the file when a transaction begins. So where the log grows nevertheless, a
/// commit copies what is left of it.
final class LogCheckpointer: @unchecked Sendable {
  private struct State {
    /// How many pages of the log had been copied when somebody last looked.
    var copied = 0
    var isCopying = false
  }

  /// How many pages that are not in the file yet are worth copying: pages that batch after batch writes to are copied
  /// once for several of them. 16 MiB, at SQLite's usual page size.
  private static let interval = 4_096
  /// At how many pages a commit takes its part. 64 MiB.
  private static let limit = 16_384
  /// To how many bytes the log's file is cut where it begins anew: what it usually grows to.
  static let longestLog = 64 << 20

  private let path: String
  /// The file that the connection has open.
  private let file: FileIdentity?
  private let queue = DispatchQueue(label: "gradus.checkpoint", qos: .utility)
  private let state = Mutex(State())
  /// On the queue only; nil until there is something to copy.
  private var handle: OpaquePointer?

  /// Looks after the log from here on, in place of SQLite's own automatism.
  ///
  /// - Parameter database: the connection that writes; it must not outlive this, and is closed after `close`.
  init(of database: OpaquePointer) {
    // As SQLite has resolved it: the process may change its folder.
    path = sqlite3_db_filename(database, "main").map { String(cString: $0) } ?? ""
    file = FileIdentity(of: path)
    install(on: database)
  }

  /// Takes the place of whatever looks after the log of the connection.
  func install(on database: OpaquePointer) {
    sqlite3_wal_hook(
      database,
      { context, database, schema, pages in
        Unmanaged<LogCheckpointer>.fromOpaque(context!).takeUnretainedValue()
          .didCommit(database!, schema, pages: Int(pages))
        // That the log could not be copied is no failure of the commit.
        return SQLITE_OK
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func didCommit(_ database: OpaquePointer, _ schema: UnsafePointer<CChar>?, pages: Int) {
    if pages >= Self.limit {
      // Of two that copy at a time SQLite turns one away.
      queue.sync {}
      sqlite3_wal_checkpoint_v2(database, schema, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
      return
    }
    let isDue = state.withLock { state in
      // Fewer than before: the log has begun anew.
      if pages < state.copied { state.copied = 0 }
      guard !state.isCopying, pages - state.copied >= Self.interval else { return false }
      state.isCopying = true
      return true
    }
    guard isDue else { return }
    queue.async { [self] in
      let copied = copy()
      state.withLock { $0 = State(copied: copied) }
    }
  }

  /// - Returns: how many pages of the log are in the file.
  private func copy() -> Int {
    if handle == nil {
      // Another file of the name has no part in this log, and opening it would take the memory of both.
      guard FileIdentity(of: path) == file else { return 0 }
      // A connection that has not read yet does not know of the log.
      guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK,
        sqlite3_exec(handle, "SELECT 1 FROM sqlite_master LIMIT 1", nil, nil, nil) == SQLITE_OK
      else {
        closeHandle()
        return 0
      }
    }
    var copied: Int32 = 0
    sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, &copied)
    return max(0, Int(copied))
  }

  /// Waits for the end of a copy under way.
  func close() { queue.sync { closeHandle() } }

  private func closeHandle() {
    sqlite3_close_v2(handle)
    handle = nil
  }
}
