import Foundation
import Gradus
import GradusSQL

/// A file of tokens: `admin sha256:<hex> <label>`, one a line; what follows a `#` is a comment.
package enum TokenFile {
  /// Reads a file.
  ///
  /// - Throws: `GradusError` where it cannot be read, where others may read or write it, and where a line is wrong.
  package static func load(_ path: String) throws -> AdminTokens {
    // What is looked at and what is read are one file, whatever happens to its name meanwhile.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var attributes = stat()
    guard fstat(descriptor, &attributes) == 0, attributes.st_mode & S_IFMT == S_IFREG else {
      throw unreadable(path, "it is no file")
    }
    guard attributes.st_mode & 0o006 == 0, attributes.st_mode & 0o020 == 0 else {
      throw GradusError(
        .invalidFile, "others may read or change the token file", file: path,
        hint: "chmod g-w,o-rwx \(path)")
    }
    // Of an empty file nothing is read.
    guard let data = try? handle.read(upToCount: 1 << 20) ?? Data(),
      let text = String(data: data, encoding: .utf8)
    else { throw unreadable(path, "it is not UTF-8") }
    return try parse(text, file: path)
  }

  /// Reads a file's text.
  ///
  /// - Throws: `GradusError`, which names the line and never what may be a token.
  package static func parse(_ text: String, file: String) throws -> AdminTokens {
    var entries: [AdminToken] = []
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let content = line.prefix { $0 != "#" }
      let words = content.split(maxSplits: 2, whereSeparator: \.isWhitespace)
      if words.isEmpty { continue }
      func error(_ message: String) -> GradusError {
        GradusError(
          .invalidFile, message, file: file, position: SourcePosition(line: number + 1, column: 1),
          hint: "a line is 'admin sha256:<64 hex digits> <label>' or 'read ...'; 'token new' makes one")
      }
      guard let scope = TokenScope(rawValue: String(words[0])) else {
        throw error("a line begins with 'admin' or 'read'")
      }
      guard words.count == 3 else { throw error("expected a scope, a hash and a label") }
      guard let hash = hash(words[1]) else { throw error("expected sha256: and 64 hex digits") }
      guard !entries.contains(where: { $0.hash == hash }) else { throw error("this hash appears twice") }
      let label = words[2].trimmingCharacters(in: .whitespaces)
      entries.append(AdminToken(scope: scope, hash: hash, label: label))
    }
    guard !entries.isEmpty else {
      throw GradusError(
        .invalidFile, "the token file holds no token", file: file, hint: "'token new' makes one")
    }
    return AdminTokens(entries)
  }

  private static func hash(_ word: Substring) -> [UInt8]? {
    guard word.hasPrefix("sha256:") else { return nil }
    let digits = Array(word.dropFirst("sha256:".count).utf8)
    guard digits.count == 64 else { return nil }
    var hash: [UInt8] = []
    for index in stride(from: 0, to: 64, by: 2) {
      let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
      guard pair.allSatisfy(\.isHexDigit), let byte = UInt8(pair, radix: 16) else { return nil }
      hash.append(byte)
    }
    return hash
  }

  private static func unreadable(_ path: String, _ reason: String) -> GradusError {
    GradusError(.invalidFile, "the token file cannot be read: \(reason)", file: path)
  }
}
