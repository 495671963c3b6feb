import Foundation
import ProgramTestSupport
import Testing

/// The repository's own files, as inputs to start from.
enum Corpus {
  /// The texts of files.
  ///
  /// - Parameter wanted: by the path's end.
  static func texts(under folders: [String], endingWith endings: [String]) -> [String] {
    let texts = folders.flatMap { folder -> [String] in
      let root = BuiltProgram.packageRoot.appending(path: folder)
      let paths = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
      let files = (paths?.compactMap { $0 as? URL } ?? []).sorted { $0.path < $1.path }
      return files.filter { file in endings.contains { file.path.hasSuffix($0) } }
        .compactMap { try? String(contentsOf: $0, encoding: .utf8) }
    }
    #expect(!texts.isEmpty, "no file of \(folders) ends with one of \(endings)")
    return texts
  }
}
