import Foundation
import Gradus

/// The file of a Unix socket.
///
/// It is made in a folder that nobody else may enter, and put in its place with its rights: there is no moment at which
/// somebody may connect who should not, and the mask for new files, which is the whole process's, stays as it is.
struct UnixSocket: Sendable {
  let path: String
  /// Who may connect, as the rights of a file.
  let mode: UInt16

  /// A folder for a socket that is being made.
  struct Workplace: Sendable {
    fileprivate let folder: String

    /// Where the socket is made.
    var path: String { folder + "/s" }

    /// Removes the folder and what is in it.
    func remove() {
      unlink(path)
      rmdir(folder)
    }
  }

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

  /// Makes a workplace beside the socket's place.
  ///
  /// - Throws: `GradusError` where the process may not.
  func makeWorkplace() throws -> Workplace {
    let parent = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    // A short name: the path of a socket has a hundred bytes.
    var folder = Array((parent + ".XXXXXX").utf8CString)
    guard mkdtemp(&folder) != nil else {
      throw failure(String(cString: strerror(errno)), hint: "choose a folder that the process may write to")
    }
    return Workplace(folder: String(decoding: folder.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  /// Gives a socket its rights and puts it in its place.
  ///
  /// - Returns: its number, by which it is known later.
  /// - Throws: `GradusError` where something has come to be in its place.
  func put(_ made: Workplace) throws -> UInt64 {
    var attributes = stat()
    guard chmod(made.path, mode_t(mode)) == 0, lstat(made.path, &attributes) == 0 else {
      throw failure(String(cString: strerror(errno)), hint: nil)
    }
    // A second name, and not another one: who has come first is not replaced. Not all file systems have second names.
    guard link(made.path, path) == 0 || errno != EEXIST && rename(made.path, path) == 0 else {
      throw failure(
        errno == EEXIST ? "another process has just made it" : String(cString: strerror(errno)),
        hint: "choose another path")
    }
    return UInt64(attributes.st_ino)
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
