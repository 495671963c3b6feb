import Gradus

/// Reads back what is about to be written.
enum LedgerTextCheck {
  /// - Parameter line: such as `88: {compat: 87}`.
  static func version(of line: String) throws -> Ledger.Version {
    let root = try YAMLReader(file: "the new entry").parse(line)
    let map = try root.reader.mapping(root.entries[0].value)
    return Ledger.Version(
      compatVersion: try map.integer("compat"), changes: try map.textsIfPresent("changes"))
  }
}
