import Foundation

/// Which file a path or a descriptor leads to, by whatever name.
package struct FileIdentity: Hashable {
  private let device: UInt64
  private let inode: UInt64

  /// - Parameter path: nil where nothing is there.
  package init?(of path: String) {
    var found = stat()
    guard stat(path, &found) == 0 else { return nil }
    self.init(found)
  }

  /// - Parameter descriptor: of an open file; nil where it is none.
  package init?(descriptor: Int32) {
    var found = stat()
    guard fstat(descriptor, &found) == 0 else { return nil }
    self.init(found)
  }

  private init(_ found: stat) {
    device = UInt64(truncatingIfNeeded: found.st_dev)
    inode = UInt64(truncatingIfNeeded: found.st_ino)
  }
}
