import Foundation
import GradusCheck

/// Where the files of findings are, for who shows them in a checkout.
struct SARIFPlaces {
  /// The schema's folder.
  let root: URL
  /// The folder as paths below the top of its checkout begin.
  private let prefix: String

  init(root: URL) {
    self.root = root
    prefix = GitChanges.prefix(of: root)
  }

  /// The place of a file; nil where it is in a git tag (`v1:schema/queries/1.sql`), and so in no checkout.
  func uri(_ file: String) -> String? {
    let isOfTag =
      file.contains(":") && !FileManager.default.fileExists(atPath: root.appending(path: file).path)
    return isOfTag ? nil : prefix + file
  }
}
