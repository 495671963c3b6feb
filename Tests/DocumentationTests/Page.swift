import Foundation
import ProgramTestSupport
import Testing

/// A page of the documentation, as far as there is code on it.
struct Page: Sendable, CustomTestStringConvertible {
  /// The path from the package's folder.
  let path: String
  /// Blocks of code, fenced or indented.
  let blocks: [Block]
  /// Code within the text.
  let spans: [String]

  struct Block: Sendable {
    /// What stands behind the fence; empty where nothing does.
    var language = ""
    var lines: [String] = []
    var text: String { lines.joined(separator: "\n") }
  }

  var testDescription: String { path }

  static let catalog = "Sources/Gradus/Gradus.docc"

  /// All pages: those in the package's folder, in `docs/` and in the catalog.
  static let all: [Page] = {
    let root = BuiltProgram.packageRoot
    func pages(_ folder: String) -> [String] {
      let all = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
      let names = (all?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".md") }
      // A test with no page to look at would pass.
      precondition(!names.isEmpty, "no pages in \(folder)")
      return names.map { "\(folder)/\($0)" }
    }
    let tops = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
    return (tops + (pages("docs") + pages(catalog)).sorted()).map { path in
      do {
        return Page(path: path, try String(contentsOf: root.appending(path: path), encoding: .utf8))
      } catch { fatalError("\(path) cannot be read: \(error)") }
    }
  }()

  init(path: String, _ text: String) {
    self.path = path
    var (blocks, spans, open): ([Block], [String], Block?) = ([], [], nil)
    var (isFenced, isAfterBlank) = (false, true)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.trimmingCharacters(in: .whitespaces).hasPrefix("```") {
        if let block = open { blocks.append(block) }
        isFenced.toggle()
        let language = line.trimmingCharacters(in: CharacterSet(charactersIn: " `"))
        open = isFenced ? Block(language: language) : nil
      } else if isFenced {
        open?.lines.append(line)
      } else if line.hasPrefix("    "), isAfterBlank || open != nil {
        open = open ?? Block()
        open?.lines.append(String(line.dropFirst(4)))
      } else if line.isEmpty {
        open?.lines.append(line)
      } else {
        if let block = open { blocks.append(block) }
        open = nil
        spans += line.matches(of: /`([^`]+)`/).map { String($0.1) }
      }
      isAfterBlank = line.isEmpty
    }
    if let block = open { blocks.append(block) }
    (self.blocks, self.spans) = (blocks, spans)
  }
}
