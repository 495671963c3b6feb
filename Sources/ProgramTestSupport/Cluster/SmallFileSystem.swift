package import Foundation

/// A file system of a few megabytes in memory, for tests of what happens where it is full or read-only. It goes with this
/// object.
package final class SmallFileSystem: Sendable {
  /// Where it is mounted.
  package let folder: URL

  /// Whether this process may mount one: it takes root, and in a container often more.
  package static let isPossible: Bool = {
    do {
      _ = try SmallFileSystem(megabytes: 1)
      return true
    } catch {
      let notice =
        "notice: no file system can be mounted here (\(error)), so nothing is tried on a full or read-only one\n"
      try? FileHandle.standardError.write(contentsOf: Data(notice.utf8))
      return false
    }
  }()

  /// - Parameter megabytes: its size.
  /// - Throws: `ProgramFailure`.
  package init(megabytes: Int) throws {
    folder = URL(filePath: "/tmp/gradus-fs-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    do {
      try Self.run("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0777", "tmpfs", folder.path)
    } catch {
      try? FileManager.default.removeItem(at: folder)
      throw error
    }
  }

  deinit {
    try? Self.run("umount", "--lazy", folder.path)
    try? FileManager.default.removeItem(at: folder)
  }

  /// - Throws: `ProgramFailure`.
  package func setReadOnly(_ isReadOnly: Bool) throws {
    try Self.run("mount", "-o", "remount,\(isReadOnly ? "ro" : "rw")", folder.path)
  }

  /// How many bytes are free.
  package func free() throws -> Int {
    let attributes = try FileManager.default.attributesOfFileSystem(forPath: folder.path)
    return (attributes[.systemFreeSize] as? NSNumber)?.intValue ?? 0
  }

  /// Fills it up.
  ///
  /// - Parameter bytes: how many stay free; all again where nil.
  package func fill(leaving bytes: Int?) throws {
    let filler = folder.appending(path: "filler")
    try? FileManager.default.removeItem(at: filler)
    guard let bytes else { return }
    try Data(count: max(0, try free() - bytes)).write(to: filler)
  }

  private static func run(_ arguments: String...) throws {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = arguments
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let text = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let message = String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      throw ProgramFailure(message: "\(arguments[0]): \(message)")
    }
  }
}
