import Foundation
import GradusSQL
import Synchronization

/// A file that says something as long as its process lives: it is locked from before anybody may believe it, and the
/// kernel lets go of the lock with the process. An unlocked one was left by a process that was killed.
final class LiveFile: Sendable {
  let path: String
  private let descriptor: Mutex<Int32?>

  /// - Parameters:
  ///   - path: the file, whose name nobody else uses.
  ///   - text: what it says.
  ///   - attributes: the owner and the rights that it gets.
  /// - Returns: nil where another process has looked at the file before it was locked, and may have removed it as stale.
  /// - Throws: `SQLError` where the file cannot be made.
  static func make(path: String, text: Data, attributes: FileAttributes?) throws -> LiveFile? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw LiveFolder.error(errno, path) }
    let file = LiveFile(path: path, descriptor: descriptor)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, file.isInPlace else { return nil }
    attributes?.apply(to: descriptor)
    _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    return file
  }

  private init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = Mutex(descriptor)
  }

  deinit { release() }

  /// Whether others can still find the file.
  var isInPlace: Bool {
    descriptor.withLock { descriptor in
      guard let descriptor, let ours = FileIdentity(descriptor: descriptor) else { return false }
      return FileIdentity(of: path) == ours
    }
  }

  func release() {
    descriptor.withLock { descriptor in
      guard let open = descriptor else { return }
      // In this order: an unlocked file may be removed by others.
      unlink(path)
      close(open)
      descriptor = nil
    }
  }

  /// What a file says whose process lives.
  ///
  /// - Parameter removesStale: whether the file of a dead process is removed.
  /// - Returns: nil where its process is gone.
  static func read(path: String, removesStale: Bool) throws -> Data? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw LiveFolder.error(errno, path)
    }
    defer { close(descriptor) }
    // Shared, so that two who look at the same time do not take each other for the file's process.
    guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else {
      if removesStale { unlink(path) }
      return nil
    }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = pread(descriptor, &buffer, buffer.count, 0)
    return Data(buffer.prefix(max(0, count)))
  }
}
