import Crypto
import Foundation

/// What browsers may do with responses: keep none, guess nothing, run only what is ours, and show it in no frame.
struct SecurityHeaders: Sendable {
  private let pagePolicy: String

  private static let common: [(String, String)] = [
    ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
  ]

  /// - Parameter page: the page, whose own scripts may run, and no others.
  init(page: [UInt8]) {
    let scripts = Self.scripts(String(decoding: page, as: UTF8.self)).map { script in
      "'sha256-\(Data(SHA256.hash(data: Data(script.utf8))).base64EncodedString())'"
    }
    pagePolicy = """
      default-src 'none'; connect-src 'self'; img-src 'self' data:; style-src 'unsafe-inline'; \
      script-src \(scripts.isEmpty ? "'none'" : scripts.joined(separator: " ")); \
      base-uri 'none'; form-action 'none'; frame-ancestors 'none'
      """
  }

  /// The headers of a response.
  func headers(isPage: Bool) -> [(String, String)] {
    Self.common + [
      ("Content-Security-Policy", isPage ? pagePolicy : "default-src 'none'; frame-ancestors 'none'")
    ]
  }

  /// The texts of the inline scripts.
  static func scripts(_ page: String) -> [String] {
    var scripts: [String] = []
    var rest = page[...]
    while let tag = rest.range(of: "<script", options: .caseInsensitive),
      let open = rest[tag.upperBound...].firstIndex(of: ">"),
      let end = rest[open...].range(of: "</script", options: .caseInsensitive)
    {
      let text = rest[rest.index(after: open)..<end.lowerBound]
      if !text.isEmpty { scripts.append(String(text)) }
      rest = rest[end.upperBound...]
    }
    return scripts
  }
}
