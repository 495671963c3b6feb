package import Foundation

extension QueryFile {
  /// Reads a file from the disk.
  ///
  /// - Parameters:
  ///   - url: the file.
  ///   - file: its path, for messages.
  /// - Returns: nil where there is none.
  /// - Throws: `GradusError` with the line of what cannot be read, or is no UTF-8: what is mended in reading would be
  ///   written back so.
  package static func read(_ url: URL, file: String) throws -> [ApplicationQuery]? {
    guard FileManager.default.fileExists(atPath: url.path) else { return nil }
    return try parse(TextFile.text(of: url, as: file, .invalidFile), file: file)
  }
}
