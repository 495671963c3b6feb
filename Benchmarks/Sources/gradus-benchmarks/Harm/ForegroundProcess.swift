import Foundation

/// Runs a program to its end.
enum ForegroundProcess {
  /// It is ended where the task is cancelled.
  ///
  /// - Returns: its standard output.
  static func output(_ program: String, _ arguments: [String]) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let folder = FileManager.default.temporaryDirectory
    // Files, as a pipe that is not read while it runs would stop it.
    let files = ["output", "errors"].map { folder.appending(path: "gradus-harm-\($0)-\(UUID().uuidString)") }
    defer { for file in files { try? FileManager.default.removeItem(at: file) } }
    for file in files { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    let (ended, continuation) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = {
      continuation.yield($0.terminationStatus)
      continuation.finish()
    }
    try process.run()
    let status = await withTaskCancellationHandler {
      // In a task of its own: in a cancelled one the stream ends before the process.
      await Task { await ended.first { _ in true } }.value
    } onCancel: {
      process.terminate()
    }
    try Task.checkCancellation()
    guard status == 0 else {
      throw BenchmarkError(
        "\(program) \(arguments[0]) failed: \(try String(contentsOf: files[1], encoding: .utf8))")
    }
    return try String(contentsOf: files[0], encoding: .utf8)
  }
}
