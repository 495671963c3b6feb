package import Foundation

extension QueryFile {
  /// Reads a file from the disk.
  ///
  /// - Parameters:
  ///   - url: the file.
  ///   - file: its path, for messages.
  /// - Returns: nil where there is none.
  /// - Throws: `GradusError` with the line of what cannot be read, or where it is no UTF-8: what is mended in reading would
  ///   be written back so.
  package static func read(_ url: URL, file: String) throws -> [ApplicationQuery]? {
    guard let data = FileManager.default.contents(atPath: url.path) else { return nil }
    guard let text = String(data: data, encoding: .utf8) else {
      throw GradusError(.invalidFile, "is no UTF-8 text", file: file, hint: "save it as UTF-8")
    }
    return try parse(text, file: file)
  }
}
