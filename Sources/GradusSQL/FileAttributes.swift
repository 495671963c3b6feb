import Foundation

/// The owner and the rights of a database's file, for the files beside it: whoever may write the database has to be able
/// to read and to lock them, also where the first of them was made by root.
package struct FileAttributes {
  private let owner: uid_t
  private let group: gid_t
  private let mode: mode_t

  /// - Parameter path: the database; nil where it is not there yet.
  package init?(of path: String) {
    var found = stat()
    guard stat(path, &found) == 0 else { return nil }
    owner = found.st_uid
    group = found.st_gid
    mode = found.st_mode & 0o666
  }

  /// Best effort, as SQLite does with its own files.
  package func apply(to descriptor: Int32) {
    if geteuid() == 0 { _ = fchown(descriptor, owner, group) }
    _ = fchmod(descriptor, mode)
  }

  /// To a folder, which whoever may read it may also enter; not to one that a link in its place leads to.
  package func apply(toFolder path: String) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    if geteuid() == 0 { _ = fchown(descriptor, owner, group) }
    _ = fchmod(descriptor, mode | (mode & 0o444) >> 2)
  }
}
