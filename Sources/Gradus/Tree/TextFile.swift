package import Foundation
import GradusSQL

/// Reads the text files of a schema's folder.
package enum TextFile {
  /// The text of a file.
  ///
  /// - Parameters:
  ///   - url: the file.
  ///   - name: its path, for messages.
  ///   - code: what the error is to be.
  /// - Throws: `GradusError` where it cannot be read; with the line where it is no UTF-8.
  package static func text(
    of url: URL, as name: @autoclosure () -> String, _ code: GradusError.Code
  ) throws -> String {
    if let text = try? String(contentsOf: url, encoding: .utf8) { return text }
    var error = GradusError(code, "cannot read the file", file: name())
    var isFolder: ObjCBool = false
    if !FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) {
      error.message = "there is no such file, or none that this link leads to"
    } else if isFolder.boolValue {
      error.message = "is a folder, and not a file"
    } else if let data = FileManager.default.contents(atPath: url.path) {
      let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      error.message = "is no UTF-8 text"
      error.position = lines.firstIndex { String(bytes: $0, encoding: .utf8) == nil }.map {
        SourcePosition(line: $0 + 1, column: 1)
      }
      error.hint = "save it as UTF-8"
    }
    throw error
  }
}
