package import Foundation
import Synchronization

/// A program that was started. It does not outlive this object.
package final class RunningProgram: Sendable {
  private let process: Mutex<Process>
  private let folder: URL
  private let ended: AsyncStream<Void>
  private let timeLimit: Duration

  /// - Parameters:
  ///   - process: ready to run. Its output goes to files: a pipe that nobody reads would stop it.
  ///   - timeLimit: after which it is killed.
  ///   - input: its standard input; nil for none.
  ///   - folder: where its output goes, and which goes with this object; nil for any.
  package init(
    _ process: sending Process, timeLimit: Duration, input: sending FileHandle? = nil, folder: URL? = nil
  ) throws {
    self.timeLimit = timeLimit
    self.folder = folder ?? Self.newFolder()
    try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: true)
    process.standardInput = input ?? FileHandle.nullDevice
    let files = [try Self.file("output", in: self.folder), try Self.file("messages", in: self.folder)]
    (process.standardOutput, process.standardError) = (files[0], files[1])
    // A process that has ended keeps them, and Foundation's start of another reads past a buffer's end where more than
    // about a thousand files are open.
    defer { for file in files { try? file.close() } }
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
    ended = stream
    process.terminationHandler = { _ in continuation.finish() }
    do {
      try process.run()
    } catch {
      // What was never whole has no end.
      try? FileManager.default.removeItem(at: self.folder)
      throw error
    }
    self.process = Mutex(process)
  }

  deinit {
    send(SIGKILL)
    try? FileManager.default.removeItem(at: folder)
  }

  /// A folder that is not there yet.
  static func newFolder() -> URL {
    FileManager.default.temporaryDirectory.appending(path: "gradus-run-\(UUID().uuidString)")
  }

  private static func file(_ name: String, in folder: URL) throws -> FileHandle {
    let file = folder.appending(path: name)
    try Data().write(to: file)
    return try FileHandle(forWritingTo: file)
  }

  /// Sends a signal, unless the program has ended.
  package func send(_ signal: Int32) {
    process.withLock { process in
      if process.isRunning { kill(process.processIdentifier, signal) }
    }
  }

  /// The id of its process.
  package var id: Int32 { process.withLock(\.processIdentifier) }

  /// Whether it has not ended yet.
  package var isRunning: Bool { process.withLock(\.isRunning) }

  /// What it has written to standard output so far.
  package var output: String { text("output") }

  /// What it has written to standard error so far.
  package var messages: String { text("messages") }

  private func text(_ name: String) -> String {
    (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
  }

  /// Waits until standard output holds a text.
  package func waits(for text: String) async throws { try await waits(for: text, in: "output") }

  /// Waits until standard error holds a text.
  package func waits(forMessage text: String) async throws { try await waits(for: text, in: "messages") }

  private func waits(for text: String, in file: String) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !self.text(file).contains(text) {
      guard ContinuousClock.now < deadline, process.withLock(\.isRunning) else {
        throw ProgramFailure(message: "no '\(text)' in: \(output)\n\(self.text("messages"))")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Waits until there is anything on standard output, or the program has ended.
  package func waitsForOutputOrEnd() async throws {
    while output.isEmpty && process.withLock(\.isRunning) { try await Task.sleep(for: .milliseconds(2)) }
  }

  /// Waits for the end.
  package func result() async throws -> ProgramResult {
    let timeLimit = timeLimit
    let isLate = Task {
      do { try await Task.sleep(for: timeLimit) } catch { return false }
      self.send(SIGKILL)
      return true
    }
    for await _ in ended {}
    isLate.cancel()
    let (status, hasExited) = process.withLock { ($0.terminationStatus, $0.terminationReason == .exit) }
    let result = ProgramResult(
      code: hasExited ? status : nil, signal: hasExited ? nil : status, output: output,
      messages: text("messages"))
    guard await !isLate.value else {
      throw ProgramFailure(message: "killed after \(timeLimit): \(result)")
    }
    return result
  }
}
