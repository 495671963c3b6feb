import Yams

extension Checksum {
  /// A checksum over what an updates file says: its layout and its comments may change, and white space and comments of the
  /// SQL in it.
  ///
  /// Unlike one over the text, which was recorded of such a file before, it begins with `yaml:`.
  package static func of(updates text: String) -> String {
    guard let root = try? Yams.compose(yaml: text, .basic, Constructor([:], [:], [:]), .utf8) else {
      return of(text)
    }
    var bytes: [UInt8] = []
    append(root, to: &bytes)
    return "yaml:" + of(bytes: bytes)
  }

  /// With its length before each text, so that no other nodes come to the same.
  private static func append(_ node: Node, to bytes: inout [UInt8]) {
    switch node {
    case .scalar(let scalar):
      let text = normalized(scalar.string)
      bytes += Array("\(text.count):".utf8)
      bytes += text
    case .sequence(let nodes):
      bytes.append(UInt8(ascii: "["))
      for node in nodes { append(node, to: &bytes) }
      bytes.append(UInt8(ascii: "]"))
    case .mapping(let pairs):
      bytes.append(UInt8(ascii: "{"))
      for pair in pairs {
        append(pair.key, to: &bytes)
        append(pair.value, to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    // The parser has put in its place what it stands for.
    case .alias: break
    }
  }
}
