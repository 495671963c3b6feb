import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// Output that cannot be written, as on a full disk.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) struct LostOutputTests {
  private func run(_ arguments: [String], _ redirection: String, _ shop: Shop) async throws -> ProgramResult {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments =
      ["-c", "exec \"$0\" \"$@\" \(redirection)", Program.gradus.executable.path] + arguments
      + ["--schema-root", shop.schema.root.path, "--database", shop.database.address]
    return try await RunningProgram(process, timeLimit: .seconds(120)).result()
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
      #expect(migrated.code == 1 && migrated.messages == message, "\(migrated)")
      #expect(try await shop.database.values("SELECT version FROM schema_version") == [3])
      let status = try await run(["status"], ">/dev/full", shop)
      #expect(status.code == 1 && status.messages == message, "\(status)")
    }
  }
}
