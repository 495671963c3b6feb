import Foundation
import ProgramTestSupport
import Testing

/// What each script of `tools/` says of itself.
@Suite struct ToolHelpTests {
  /// Their help is that of programs in Python, which not every machine has.
  static let inPython: Set<String> = ["bench-peers", "cold-start", "interop"]

  static let scripts: [String] = {
    let folder = BuiltProgram.packageRoot.appending(path: "tools")
    // A test with no script to look at would pass.
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
      fatalError("\(folder.path) cannot be read")
    }
    return names.filter { name in
      var isFolder: ObjCBool = false
      let isThere = FileManager.default.fileExists(
        atPath: folder.appending(path: name).path, isDirectory: &isFolder)
      return isThere && !isFolder.boolValue && !inPython.contains(name)
    }.sorted()
  }()

  /// At once: nothing is installed, built or started for it.
  @Test(arguments: ToolHelpTests.scripts) func helpIsGivenAtOnce(_ name: String) async throws {
    let process = Process()
    process.executableURL = BuiltProgram.packageRoot.appending(path: "tools/\(name)")
    process.arguments = ["--help"]
    let result = try await RunningProgram(process, timeLimit: .seconds(30)).result()
    #expect(
      result.code == 0 && (result.output + result.messages).contains("Usage: tools/\(name)"), "\(result)")
  }
}
