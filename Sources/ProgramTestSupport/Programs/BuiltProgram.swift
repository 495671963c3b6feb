package import Foundation

/// Finds the package's own programs, for tests that run them as processes.
package enum BuiltProgram {
  /// The package's folder, which holds the example's schema.
  package static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The program of the first of these names that was built; it lies beside the test bundle.
  package static func executable(_ names: [String]) -> URL {
    let besides = [
      Bundle.main.executableURL, Bundle.main.bundleURL, URL(filePath: CommandLine.arguments[0]),
    ].compactMap { $0?.resolvingSymlinksInPath().deletingLastPathComponent() }
    let folders = besides + [packageRoot.appending(path: ".build/debug")]
    let candidates = folders.flatMap { folder in names.map { folder.appending(path: $0) } }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) })
    else { fatalError("none of \(candidates.map(\.path)) is there: build the products first") }
    return found
  }
}
