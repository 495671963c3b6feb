import Foundation
import ProgramTestSupport
import Testing

/// What the pages show of the examples is what is compiled and run.
@Suite struct ShownCodeTests {
  @Test(arguments: ["example-plain", "example-hummingbird"]) func anExampleIsShownAsItIs(_ name: String)
    throws
  {
    let code = try String(
      contentsOf: BuiltProgram.packageRoot.appending(path: "Sources/\(name)/main.swift"), encoding: .utf8)
    let page = try #require(Page.all.first { $0.path == Page.catalog + "/Embedding.md" })
    #expect(page.blocks.contains { $0.language == "swift" && $0.text + "\n" == code })
  }

  /// The README shows parts of the first example.
  @Test func theReadmeShowsPartsOfAnExample() throws {
    let code = try String(
      contentsOf: BuiltProgram.packageRoot.appending(path: "Sources/example-plain/main.swift"),
      encoding: .utf8)
    let lines = Set(code.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) })
    let shown = try #require(Page.all.first { $0.path == "README.md" }).blocks.filter {
      $0.language == "swift"
    }
    #expect(!shown.isEmpty)
    for line in shown.flatMap(\.lines) where !line.isEmpty {
      #expect(lines.contains(line.trimmingCharacters(in: .whitespaces)), "not in the example: \(line)")
    }
  }

  /// A page of the catalog is linked by its name, which docc checks, and a page in `docs/` by its path.
  @Test(arguments: Page.all) func linksLeadSomewhere(_ page: Page) throws {
    let folder = BuiltProgram.packageRoot.appending(path: page.path).deletingLastPathComponent()
    let text = try String(contentsOf: BuiltProgram.packageRoot.appending(path: page.path), encoding: .utf8)
    for match in text.matches(of: /\]\(([^)\s]+)\)/) {
      let target = String(match.1)
      if target.hasPrefix("http") || target.hasPrefix("#") { continue }
      if page.path.hasPrefix(Page.catalog) {
        #expect(target.hasPrefix("doc:"), "a link that docc does not check: \(target)")
      } else {
        let file = folder.appending(path: String(target.split(separator: "#")[0]))
        #expect(FileManager.default.fileExists(atPath: file.path), "no such file: \(target)")
      }
    }
    for match in text.matches(of: /`(docs\/[\w.\/-]+)`/) {
      let file = BuiltProgram.packageRoot.appending(path: String(match.1))
      #expect(FileManager.default.fileExists(atPath: file.path), "no such file: \(match.1)")
    }
  }
}
