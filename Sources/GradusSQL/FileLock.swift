import Foundation

/// A lock between processes of one machine, kept by the kernel on an open file: it goes when its holder does, also by
/// `kill -9`. The file itself stays, with a line about the holder.
package final class FileLock: Sendable {
  private let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  /// What trying to take a lock came to.
  package enum Attempt: Sendable {
    /// It is ours until `release`.
    case acquired(FileLock)
    /// Another process holds it, and left this line.
    case held(by: String)
  }

  /// Tries to take the lock.
  ///
  /// - Parameters:
  ///   - path: the lock's file, made where it is missing: beside a database, whose name with an ending it has.
  ///   - holder: a line about us for those who wait.
  /// - Throws: `SQLError` where the file cannot be made, or not be locked.
  package static func tryAcquire(path: String, holder: String) throws -> Attempt {
    let descriptor = try open(path)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      defer { close(descriptor) }
      // Some file systems have no locks, or none to spare: nobody holds it, and waiting would be in vain.
      guard number == EWOULDBLOCK else {
        throw SQLError(
          .other, "cannot lock '\(path)': \(String(cString: strerror(number)))",
          hint: "the database has to be on a file system with locks (flock)")
      }
      var buffer = [UInt8](repeating: 0, count: 256)
      let count = pread(descriptor, &buffer, buffer.count, 0)
      return .held(by: String(decoding: buffer.prefix(max(0, count)), as: UTF8.self))
    }
    ftruncate(descriptor, 0)
    let line = Array(holder.utf8)
    _ = pwrite(descriptor, line, line.count, 0)
    return .acquired(FileLock(descriptor: descriptor))
  }

  private static func open(_ path: String) throws -> Int32 {
    // Who may only write the folder could else have root empty any file, by a link to it.
    let access = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW
    let attributes = FileAttributes(of: (path as NSString).deletingPathExtension)
    var descriptor = Foundation.open(path, access | O_EXCL, 0o644)
    if descriptor >= 0 {
      attributes?.apply(to: descriptor)
    } else if errno == EEXIST {
      descriptor = Foundation.open(path, access, 0o644)
    }
    guard descriptor >= 0 else {
      let number = errno
      throw SQLError.cannotOpen(
        path, number,
        hint: number == ELOOP
          ? "remove the link that is in its place"
          : "who migrates or ports a database needs the right to write beside it; to port it, a copy of it will do"
      )
    }
    return descriptor
  }

  /// Lets go of the lock.
  package func release() { close(descriptor) }
}
