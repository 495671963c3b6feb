import Foundation

/// The databases of a real homeserver, which lie beside the package: `GRADUS_FIXTURES`, else
/// `../shared/fixtures`.
enum Fixtures {
  static let folder: URL = {
    if let path = ProcessInfo.processInfo.environment["GRADUS_FIXTURES"] {
      return URL(filePath: path, directoryHint: .isDirectory)
    }
    return packageRoot.deletingLastPathComponent().appending(path: "shared/fixtures")
  }()

  static let packageRoot = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static var areAvailable: Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "homeserver-small.sqlite.xz").path)
  }

  /// Unpacks a SQLite database.
  ///
  /// - Parameters:
  ///   - name: its path in the fixtures, without `.xz`.
  ///   - target: where to.
  static func unpack(_ name: String, to target: String) throws {
    try unpack(name + ".xz", by: "xz", to: URL(filePath: target))
  }

  /// The lines of a packed dump.
  static func lines(_ name: String) throws -> [String] {
    let target = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: target) }
    try unpack(name + ".jsonl.gz", by: "gzip", to: target)
    return try String(contentsOf: target, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  private struct Failure: Error {
    let program: String
    let status: Int32
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
      throw Failure(program: program, status: process.terminationStatus)
    }
  }
}
