import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Output that cannot be written, as on a full disk, or to a reader that has gone.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) struct LostOutputTests {
  private func run(
    _ arguments: [String], _ redirection: String, _ shop: Shop, input: sending FileHandle? = nil
  ) async throws -> ProgramResult {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    // Whatever the tests' own process does at SIGPIPE, which a shell could not take back.
    let command = "exec env --default-signal=PIPE \"$0\" \"$@\" \(redirection)"
    process.arguments =
      ["-c", command, Program.gradus.executable.path] + arguments
      + ["--schema-root", shop.schema.root.path, "--database", shop.database.address]
    return try await RunningProgram(process, timeLimit: .seconds(120), input: input).result()
  }

  /// The end of a pipe that is written to. Nobody has the other.
  private static func pipeWithoutReader() throws -> FileHandle {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw ProgramFailure(message: "no pipe: \(String(cString: strerror(errno)))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    close(ends[0])
    return FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func progressThatNobodyReadsStopsNothing(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      let result = try await run(["migrate"], "2>/dev/full", shop)
      #expect(result.code == 0, "\(result)")
      #expect(result.output.contains(": at version 3 after "), "\(result)")
      let wrong = try await run(["migrate", "--to", "9"], "2>/dev/full", shop)
      #expect(wrong.code == 1, "\(wrong)")
    }
  }

  @Test(arguments: TestDatabase.availableEngines)
  func aResultThatIsLostIsAnErrorInTheEnd(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      let message = "error: cannot write to standard output: No space left on device\n"
      let migrated = try await run(["migrate", "--format", "json"], ">/dev/full", shop)
      let told = try migrated.errors().map { "error: \($0["message"] ?? "")\n" }
      #expect(migrated.code == 1 && told == [message], "\(migrated)")
      #expect(try await shop.database.values("SELECT version FROM schema_version") == [3])
      let status = try await run(["status"], ">/dev/full", shop)
      #expect(status.code == 1 && status.messages == message, "\(status)")
    }
  }

  /// `tee` ends at the same Ctrl-C, and before the program does.
  @Test(arguments: TestDatabase.availableEngines)
  func aReaderThatHasGoneStopsNothing(engine: Engine) async throws {
    try await Shop.with(engine) { shop in
      // It comes as the standard input, from where the shell takes it.
      let migrated = try await run(
        ["migrate"], "2>&0 </dev/null", shop, input: Self.pipeWithoutReader())
      #expect(migrated.code == 0, "\(migrated)")
      #expect(migrated.output.contains(": at version 3 after "), "\(migrated)")
      let status = try await run(["status"], ">&0 </dev/null", shop, input: Self.pipeWithoutReader())
      #expect(status.code == 1, "\(status)")
      #expect(
        status.messages == "error: cannot write to standard output: Broken pipe\n", "\(status)")
    }
  }
}
