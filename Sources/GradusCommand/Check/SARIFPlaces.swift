import Foundation
import GradusCheck

/// Where the files of findings are, for who shows them in a checkout.
struct SARIFPlaces {
  /// The schema's folder.
  let root: URL
  /// The folder as paths below the top of its checkout begin.
  private let prefix: String
  private let ledgerPath: String

  /// - Parameters:
  ///   - root: the schema's folder.
  ///   - ledger: the ledger's path below it.
  init(root: URL, ledger: String) {
    self.root = root
    ledgerPath = ledger
    prefix = GitChanges.prefix(of: root)
  }

  /// The place of the ledger.
  var ledger: String { Self.encoded(prefix + ledgerPath) }

  /// The place of a file as a relative reference; nil where the file is in a git tag (`v1:schema/queries/1.sql`), and so in no
  /// checkout.
  func uri(_ file: String) -> String? {
    let isOfTag =
      file.contains(":") && !FileManager.default.fileExists(atPath: root.appending(path: file).path)
    return isOfTag ? nil : Self.encoded(prefix + file)
  }

  /// A colon in the first part of a path would be read as the end of a scheme.
  private static func encoded(_ path: String) -> String {
    let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: ":;"))
    return path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
  }
}
