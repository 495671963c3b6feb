import Yams

/// Numbers that both engines hold in 32 bits.
extension YAMLReader {
  /// A schema version.
  func version(_ node: Node) throws -> Int {
    let version = try integer(node)
    guard Admission.versions.contains(version) else {
      throw error(
        node, "\(version) is no schema version", hint: "give one from 0 to \(Admission.versions.last!)")
    }
    return version
  }

  /// A place in the queue of updates.
  func ordering(_ node: Node) throws -> Int {
    let ordering = try integer(node)
    guard let fitting = Int32(exactly: ordering) else {
      throw error(
        node, "the ordering \(ordering) is out of range", hint: "give one from \(Int32.min) to \(Int32.max)")
    }
    return Int(fitting)
  }
}

extension YAMLMapping {
  func version(_ key: String) throws -> Int { try reader.version(try require(key)) }
  func versionIfPresent(_ key: String) throws -> Int? { try find(key).map(reader.version) }
}
