import Foundation
import GradusSQL
package import Yams

/// Reads one YAML file strictly: an unknown key is an error that names file, line and the nearest known key.
package struct YAMLReader {
  let file: String
  /// The text that was parsed.
  private(set) var source = ""

  package init(file: String) { self.file = file }

  /// The root mapping of a text.
  package func parse(_ text: String) throws -> YAMLMapping {
    guard let root = try parseIfAny(text) else {
      throw GradusError(.invalidFile, "the file is empty", file: file)
    }
    return root
  }

  /// The root mapping of a text; nil where it says nothing, as one of comments alone.
  package func parseIfAny(_ text: String) throws -> YAMLMapping? {
    let node: Node?
    do {
      // Without rules for tags, which take longer to make than a ledger to read: values are read by what asks for them.
      node = try Yams.compose(yaml: text, .basic, Constructor([:], [:], [:]), .utf8)
    } catch let error as YamlError {
      throw failure(error, text)
    }
    var reader = self
    reader.source = text
    return try node.map(reader.mapping)
  }

  private func failure(_ error: YamlError, _ text: String) -> GradusError {
    let (message, position): (String, SourcePosition?) =
      switch error {
      // In its own words comes the line, which may hold a password.
      case .reader(let problem, let offset, _, let text):
        (
          problem,
          offset.map { SourcePosition(scalarOffset: text.prefix($0).unicodeScalars.count, in: text) }
        )
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        (problem, SourcePosition(line: mark.line, column: mark.column))
      case .duplicatedKeysInMapping(let duplicates, let context):
        (
          "the key '\(duplicates.map { "\($0)" }.joined(separator: ", "))' appears twice",
          repetition(of: duplicates.first, in: text, from: context.mark)
            ?? SourcePosition(line: context.mark.line, column: context.mark.column)
        )
      default: ("\(error)", nil)
      }
    return GradusError(
      .invalidFile, "not valid YAML: \(message)", file: file, position: position, hint: hint(text, position))
  }

  /// What to do about a text that is no YAML.
  private func hint(_ text: String, _ position: SourcePosition?) -> String? {
    if let line = MergeMark.line(in: text) { return "resolve the merge whose mark is line \(line)" }
    guard let position else { return nil }
    let line = text.sourceLines.dropFirst(max(0, position.line - 1)).first ?? ""
    guard line.prefix(while: \.isWhitespace).contains("\t") else { return nil }
    return "indent by spaces: YAML takes no tabs there"
  }

  /// Where a key of the mapping that begins at a mark comes again; nil where it has no line of its own.
  private func repetition(of key: String?, in text: String, from mark: Mark) -> SourcePosition? {
    guard let key else { return nil }
    let indentation = mark.column - 1
    let places = text.sourceLines.enumerated().dropFirst(mark.line - 1).filter { _, line in
      line.prefix(indentation).allSatisfy { $0 == " " || $0 == "-" }
        && line.dropFirst(indentation).hasPrefix("\(key):")
    }
    return places.dropFirst().first.map { SourcePosition(line: $0.offset + 1, column: mark.column) }
  }

  package func mapping(_ node: Node) throws -> YAMLMapping {
    guard let mapping = node.mapping else { throw error(node, "expected a mapping") }
    return try YAMLMapping(reader: self, node: node, mapping: mapping)
  }

  package func error(_ node: Node, _ message: String, hint: String? = nil) -> GradusError {
    GradusError(.invalidFile, message, file: file, position: position(node), hint: hint)
  }

  func position(_ node: Node) -> SourcePosition? {
    node.mark.map { SourcePosition(line: $0.line, column: $0.column) }
  }

  package func text(_ node: Node) throws -> String {
    guard let text = node.scalar?.string else { throw error(node, "expected a text") }
    return text
  }

  package func integer(_ node: Node) throws -> Int {
    if let integer = plainInteger(node) { return integer }
    if let text = node.scalar?.string, text.count > 1, text.first == "0", text.allSatisfy(\.isNumber) {
      throw error(node, "a number that begins with 0 is octal in YAML", hint: "write it without the 0")
    }
    guard let integer = node.int else { throw error(node, "expected a whole number") }
    return integer
  }

  /// The number of an unquoted scalar of decimal digits, as nearly all are: much quicker than YAML's other ways to write
  /// one. A leading zero would make it octal.
  private func plainInteger(_ node: Node) -> Int? {
    guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any,
      let first = scalar.string.utf8.first, (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(first)
    else { return nil }
    return Int(scalar.string)
  }

  /// A number that is neither infinite nor no number; nil for `off`.
  package func numberUnlessOff(_ node: Node) throws -> Double? {
    if isOff(node) { return nil }
    guard let number = node.float, number.isFinite else { throw error(node, "expected a number or off") }
    return number
  }

  /// Whether the value is `off`, which YAML also takes for a truth value.
  package func isOff(_ node: Node) -> Bool { node.scalar?.string == "off" }

  package func boolean(_ node: Node) throws -> Bool {
    guard let boolean = node.bool else { throw error(node, "expected true or false") }
    return boolean
  }

  package func sequence(_ node: Node) throws -> [Node] {
    guard let sequence = node.sequence else { throw error(node, "expected a list") }
    return Array(sequence)
  }

  /// A text, or a list of texts.
  package func texts(_ node: Node) throws -> [String] {
    if node.scalar != nil { return [try text(node)] }
    return try sequence(node).map(text)
  }
}

/// A mapping whose keys must all be asked for.
package struct YAMLMapping {
  package let reader: YAMLReader
  package let node: Node
  /// Keys and values in the file's order.
  package let entries: [(key: Node, value: Node)]

  init(reader: YAMLReader, node: Node, mapping: Node.Mapping) throws {
    self.reader = reader
    self.node = node
    entries = mapping.map { ($0.key, $0.value) }
  }

  /// Refuses keys other than these.
  package func allowOnly(_ known: [String]) throws {
    for (key, _) in entries {
      let name = try reader.text(key)
      guard !known.contains(name) else { continue }
      throw reader.error(
        key, "unknown key '\(name)'",
        hint: NearestName.hint(
          for: name, among: known, otherwise: "known keys: \(known.joined(separator: ", "))"))
    }
  }

  /// The value of a key, or nil where it is absent or null.
  package func find(_ key: String) -> Node? {
    entries.first { $0.key.scalar?.string == key }.map(\.value).flatMap { $0.null != nil ? nil : $0 }
  }

  package func require(_ key: String) throws -> Node {
    guard let value = find(key) else { throw reader.error(node, "the key '\(key)' is missing") }
    return value
  }

  package func text(_ key: String) throws -> String { try reader.text(try require(key)) }
  package func textIfPresent(_ key: String) throws -> String? { try find(key).map(reader.text) }
  package func integer(_ key: String) throws -> Int { try reader.integer(try require(key)) }
  package func integerIfPresent(_ key: String) throws -> Int? { try find(key).map(reader.integer) }
  package func booleanIfPresent(_ key: String) throws -> Bool? { try find(key).map(reader.boolean) }
  package func texts(_ key: String) throws -> [String] { try reader.texts(try require(key)) }
  package func textsIfPresent(_ key: String) throws -> [String] { try find(key).map(reader.texts) ?? [] }
  package func mappingIfPresent(_ key: String) throws -> YAMLMapping? { try find(key).map(reader.mapping) }
  package func mapping(_ key: String) throws -> YAMLMapping { try reader.mapping(try require(key)) }
  package func mappings(_ key: String) throws -> [YAMLMapping] {
    try find(key).map { try reader.sequence($0).map(reader.mapping) } ?? []
  }
}
