import Foundation
import Gradus

/// The file of a Unix socket.
struct UnixSocket: Sendable {
  let path: String
  /// Who may connect, as the rights of a file.
  let mode: UInt16

  /// Makes room for a socket: removes one that nobody listens on.
  ///
  /// - Throws: `GradusError` where somebody does, and where something else is in the way.
  func makeRoom() throws {
    var attributes = stat()
    guard lstat(path, &attributes) == 0 else { return }
    guard attributes.st_mode & S_IFMT == S_IFSOCK else {
      throw failure("there is a file that is no socket", hint: "remove it, or choose another path")
    }
    guard !isListenedOn() else {
      throw failure("another process listens on it", hint: "stop it, or choose another path")
    }
    guard unlink(path) == 0 || errno == ENOENT else {
      throw failure("an old socket cannot be removed: \(String(cString: strerror(errno)))", hint: nil)
    }
  }

  private func isListenedOn() -> Bool {
    #if os(Linux)
      let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    #else
      let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
    guard descriptor >= 0 else { return true }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    // Any other answer may come from somebody who is busy.
    return result == 0 || (errno != ECONNREFUSED && errno != ENOENT)
  }

  /// Sets the process's mask for new files to the socket's rights: nobody else may use its file before `setMode`.
  ///
  /// - Returns: the mask before, to be put back once the file is there.
  func restrictingNewFiles() -> mode_t { umask(~mode_t(mode) & 0o777) }

  /// Gives the file its rights.
  ///
  /// - Returns: its number, by which it is known later.
  func setMode() -> UInt64? {
    _ = chmod(path, mode_t(mode))
    var attributes = stat()
    return lstat(path, &attributes) == 0 ? UInt64(attributes.st_ino) : nil
  }

  /// Removes the file, unless it has become another's.
  func remove(ifNumber number: UInt64?) {
    var attributes = stat()
    guard let number, lstat(path, &attributes) == 0, UInt64(attributes.st_ino) == number else { return }
    unlink(path)
  }

  private func failure(_ reason: String, hint: String?) -> GradusError {
    GradusError(.invalidFile, "cannot listen on 'unix:\(path)': \(reason)", hint: hint)
  }
}
