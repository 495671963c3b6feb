package import Foundation
package import Gradus

/// The committed queries of an application's versions.
package struct QueryManifest: Sendable {
  /// The queries by version; a version that has committed none is missing.
  package var versions: [Int: [ApplicationQuery]]

  package init(versions: [Int: [ApplicationQuery]]) { self.versions = versions }

  /// Reads the files of these versions.
  ///
  /// - Parameters:
  ///   - root: the schema's folder.
  ///   - layout: where in it the files are.
  ///   - among: the versions.
  ///   - tags: the pattern of a release's git tag, with `{version}`; where there is such a tag, the version's file is
  ///     read from it and not from the tree.
  /// - Throws: `GradusError` where a file is malformed, or git fails.
  package init(root: URL, layout: SchemaLayout, among: some Sequence<Int>, tags: String? = nil) throws {
    versions = [:]
    // Where git cannot be asked, no tag would be found.
    if tags != nil { _ = try GitCommand.run(["rev-parse", "--git-dir"], in: root) }
    for version in among {
      let path = layout.queries(of: version)
      let tag = tags?.replacing("{version}", with: String(version))
      if let text = try tag.flatMap({ try GitChanges(root: root, base: $0).textIfPresent(of: path) }) {
        versions[version] = try QueryFile.parse(text, file: "\(tag ?? ""):\(path)")
      } else if let queries = try QueryFile.read(root.appending(path: path), file: path) {
        versions[version] = queries
      }
    }
  }
}
