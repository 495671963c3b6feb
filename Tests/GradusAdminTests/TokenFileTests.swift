import Foundation
import Gradus
import GradusAdmin
import Testing

/// Files and variables with tokens.
@Suite struct TokenFileTests {
  private static let hash = String(repeating: "0f", count: 32)

  @Test func aFile() throws {
    let other = String(repeating: "A1", count: 32)
    let tokens = try TokenFile.parse(
      "# who\n\nadmin sha256:\(Self.hash) alice  # until May\n  read\tsha256:\(other)  the scraper \r\n",
      file: "tokens")
    #expect(tokens.entries.map(\.scope) == [.admin, .read])
    #expect(tokens.entries.map(\.label) == ["alice", "the scraper"])
    #expect(tokens.entries[0].hash == Array(repeating: 0x0F, count: 32))
    #expect(tokens.entries[1].hash == Array(repeating: 0xA1, count: 32))
  }

  @Test(
    arguments: [
      ("", "holds no token"), ("# nothing\n", "holds no token"),
      ("root sha256:\(hash) a", "tokens:1:1: a line begins with 'admin' or 'read'"),
      ("\nadmin sha256:\(hash)", "tokens:2:1: expected a scope, a hash and a label"),
      ("admin md5:\(hash) a", "expected sha256: and 64 hex digits"),
      ("admin sha256:\(hash)00 a", "expected sha256:"), ("admin sha256:abc a", "expected sha256:"),
      ("admin sha256:\(hash.dropLast(2))+1 a", "expected sha256:"),
      ("admin my-secret-token-in-the-clear a", "expected sha256:"),
      ("admin sha256:\(hash) a\nread sha256:\(hash) b", "tokens:2:1: this hash appears twice"),
    ])
  func wrongFiles(text: String, message: String) {
    let error = #expect(throws: GradusError.self) { () throws in try TokenFile.parse(text, file: "tokens") }
    #expect(error?.description.contains(message) == true, "\(error.map { "\($0)" } ?? "")")
    #expect(error?.description.contains("my-secret") == false)
  }

  @Test func rightsOfAFile() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "gradus-tokens-\(UUID().uuidString)")
      .path
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(throws: GradusError.self) { () throws in try TokenFile.load(path) }
    try Data("admin sha256:\(Self.hash) alice\n".utf8).write(to: URL(filePath: path))
    for (mode, isFine) in [
      (0o600, true), (0o640, true), (0o400, true), (0o644, false), (0o602, false), (0o660, false),
    ] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
      if isFine {
        #expect(try TokenFile.load(path).entries.count == 1)
      } else {
        let error = #expect(throws: GradusError.self) { () throws in try TokenFile.load(path) }
        #expect(error?.hint == "chmod g-w,o-rwx \(path)", "\(String(mode, radix: 8))")
        // So that who reads it by the group's rights still may.
        try FileManager.default.setAttributes([.posixPermissions: mode & ~0o027], ofItemAtPath: path)
        #expect(try TokenFile.load(path).entries.count == 1)
      }
    }
    #expect(throws: GradusError.self) { () throws in
      try TokenFile.load(FileManager.default.temporaryDirectory.path)
    }
  }

  /// It can be read, and says nothing.
  @Test func anEmptyFile() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "gradus-tokens-\(UUID().uuidString)")
      .path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data().write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let error = #expect(throws: GradusError.self) { () throws in try TokenFile.load(path) }
    #expect(error?.message == "the token file holds no token", "\(String(describing: error))")
  }

  @Test func freshTokens() throws {
    let (first, second) = (FreshToken(scope: .read, label: "me"), FreshToken(scope: .admin, label: "me"))
    #expect(first.text != second.text)
    #expect(first.text.count == "gradus_".count + 64)
    let tokens = try TokenFile.parse("\(first.entry.line)\n\(second.entry.line)\n", file: "tokens")
    #expect(tokens.find(first.text)?.scope == .read)
    #expect(tokens.find(second.text)?.scope == .admin)
    #expect(!first.entry.line.contains(first.text.dropFirst(7)))
  }

  @Test func variables() throws {
    let tokens = try TokenVariables.tokens([
      "GRADUS_ADMIN_TOKEN": "0123456789abcdef", "GRADUS_READ_TOKEN": "fedcba9876543210", "OTHER": "x",
    ])
    #expect(AdminTokens(tokens).find("0123456789abcdef")?.scope == .admin)
    #expect(AdminTokens(tokens).find("fedcba9876543210")?.scope == .read)
    #expect(try TokenVariables.tokens(["GRADUS_ADMIN_TOKEN": ""]).isEmpty)
    for weak in ["0123456789abcde", "0123456789 abcdef", "0123456789abcdé\u{e9}", "0123456789abcdef\n"] {
      let error = #expect(throws: GradusError.self) { () throws in
        try TokenVariables.tokens(["GRADUS_READ_TOKEN": weak])
      }
      #expect(error?.description.contains("GRADUS_READ_TOKEN") == true)
      #expect(error?.description.contains("0123") == false)
    }
  }
}
