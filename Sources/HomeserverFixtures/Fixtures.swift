package import Foundation

/// The databases of a real homeserver, which lie beside the package: `GRADUS_FIXTURES`, else
/// `../shared/fixtures`.
package enum Fixtures {
  /// The folder.
  package static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["GRADUS_FIXTURES"] {
      return URL(filePath: path, directoryHint: .isDirectory)
    }
    return packageRoot.deletingLastPathComponent().appending(path: "shared/fixtures")
  }()

  /// The folder of this package, with the worked example's schema.
  package static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Whether the folder holds them.
  package static var areAvailable: Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "homeserver-small.sqlite.xz").path)
  }

  /// Unpacks a SQLite database.
  ///
  /// - Parameters:
  ///   - name: its path in the fixtures, without `.xz`.
  ///   - target: where to.
  package static func unpack(_ name: String, to target: String) throws {
    try unpack(name + ".xz", by: "xz", to: URL(filePath: target))
  }

  /// The lines of a packed dump.
  package static func lines(_ name: String) throws -> [String] {
    let target = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: target) }
    try unpack(name + ".jsonl.gz", by: "gzip", to: target)
    return try String(contentsOf: target, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  private struct Failure: Error, CustomStringConvertible {
    let program: String
    let file: String
    let status: Int32
    var description: String { "\(program) cannot unpack \(file) (status \(status))" }
  }

  private static func unpack(_ name: String, by program: String, to target: URL) throws {
    try Data().write(to: target)
    let output = try FileHandle(forWritingTo: target)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program, "-dc", folder.appending(path: name).path]
    process.standardOutput = output
    try process.run()
    process.waitUntilExit()
    try output.close()
    guard process.terminationStatus == 0 else {
      throw Failure(program: program, file: name, status: process.terminationStatus)
    }
  }
}
