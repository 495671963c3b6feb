import GradusSQL
import Synchronization

/// The checksums of deltas, for who compares again and again: a file that reads as before is not taken apart anew.
package final class DeltaChecksums: Sendable {
  private struct Key: Hashable {
    let path: String
    let engine: Engine
  }

  private struct Entry {
    let text: String
    let checksum: String
  }

  private let known = Mutex<[Key: Entry]>([:])

  package init() {}

  /// What is recorded of a delta with its name.
  ///
  /// - Throws: `GradusError` where its file cannot be read.
  func checksum(of file: SchemaFile, on engine: Engine) throws -> String {
    // Of code there is no file that tells.
    guard file.kind != .code, file.url != nil else { return try AppliedDeltas.checksum(file, on: engine) }
    let key = Key(path: file.path, engine: engine)
    let text = try file.text()
    if let entry = known.withLock({ $0[key] }), entry.text.hasSameBytes(as: text) { return entry.checksum }
    let checksum = try AppliedDeltas.checksum(file, on: engine, text: text)
    known.withLock { $0[key] = Entry(text: text, checksum: checksum) }
    return checksum
  }
}
