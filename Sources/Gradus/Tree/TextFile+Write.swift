package import Foundation

extension TextFile {
  /// Writes a file at once. One that takes the place of another has that one's rights, and its owner where root writes it.
  ///
  /// - Throws: an error of Foundation's where it cannot be written; then what was there still is.
  package static func write(_ text: Data, to url: URL) throws {
    var present = stat()
    guard stat(url.path, &present) == 0 else { return try text.write(to: url, options: .atomic) }
    let copy = url.deletingLastPathComponent().appending(
      path: ".\(url.lastPathComponent).\(UUID().uuidString)")
    // Whoever may not read the other may not read this one either, not even before it is in its place.
    let descriptor = open(copy.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    // It says what is in the way.
    guard descriptor >= 0 else { return try text.write(to: url, options: .atomic) }
    do {
      let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      // In this order: with another owner some rights go.
      _ = fchown(descriptor, geteuid() == 0 ? present.st_uid : uid_t.max, present.st_gid)
      _ = fchmod(descriptor, present.st_mode & 0o7777)
      try file.write(contentsOf: text)
      try file.synchronize()
      try file.close()
      guard rename(copy.path, url.path) == 0 else {
        throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
      }
    } catch {
      unlink(copy.path)
      throw error
    }
  }
}
