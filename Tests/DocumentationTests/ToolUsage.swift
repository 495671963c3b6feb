import Foundation
import ProgramTestSupport
import Testing

/// What a script of `tools/` says that it takes, and the program that it hands its arguments to.
struct ToolUsage {
  private let text: String

  /// Where a script hands its arguments on: files that declare them.
  private static let others: [String: [String]] = [
    "tools/demo": [
      "Sources/homeserver/Demo/DemoCommand.swift", "Sources/homeserver/Demo/SampleOptions.swift",
    ],
    "tools/simulate": ["Sources/simulate"],
    "tools/benchmark": ["Benchmarks/Sources", "tools/lib/benchmark-port"],
    "tools/harm": ["Benchmarks/Sources"],
    "tools/bench-peers": ["tools/bench-peers.d"],
    "tools/fuzz": ["tools/lib", "Sources/fuzz-readers"],
    "tools/interop": ["tools/interop.d"],
  ]

  static func of(_ tool: String) async throws -> ToolUsage {
    let root = BuiltProgram.packageRoot
    let file = root.appending(path: tool)
    try #require(FileManager.default.isExecutableFile(atPath: file.path), "no program \(tool)")
    let script = try String(contentsOf: file, encoding: .utf8)
    // Its arguments are those of 'swift test'.
    var text = tool == "tools/test" ? script + " --filter" : script
    for path in others[tool] ?? [] {
      let base = root.appending(path: path)
      let below = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
      for file in below.isEmpty ? [base] : below.map({ base.appending(path: $0) }) {
        text += (try? String(contentsOf: file, encoding: .utf8)) ?? ""
      }
    }
    return ToolUsage(text: text)
  }

  /// Whether a script names the flag, or a program in Swift declares a property for it.
  func knows(flag: String) -> Bool {
    let parts = flag.drop { $0 == "-" }.split(separator: "-")
    let property = parts.prefix(1).joined() + parts.dropFirst().map(\.capitalized).joined()
    return has("(?<![\\w-])\(flag)(?![\\w-])") || has("@(Option|Flag)[^@]*?var `?\(property)\\b")
  }

  func knows(word: String) -> Bool {
    has("(?<![\\w-])\(NSRegularExpression.escapedPattern(for: word))(?![\\w-])")
  }

  private func has(_ pattern: String) -> Bool { text.range(of: pattern, options: .regularExpression) != nil }
}
