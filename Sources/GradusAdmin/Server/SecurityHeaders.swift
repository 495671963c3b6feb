import Crypto
import Foundation

/// What browsers may do with responses: keep none, guess nothing, run only what is ours, and show it in no frame.
struct SecurityHeaders: Sendable {
  private let pagePolicy: String

  private static let common: [(String, String)] = [
    ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
  ]

  /// - Parameter page: the page, whose own scripts may run and whose own styles apply, and no others.
  init(page: [UInt8]) {
    let page = String(decoding: page, as: UTF8.self)
    pagePolicy = """
      default-src 'none'; connect-src 'self'; img-src data:; style-src \(Self.sources("style", in: page)); \
      script-src \(Self.sources("script", in: page)); trusted-types 'none'; require-trusted-types-for 'script'; \
      base-uri 'none'; form-action 'none'; frame-ancestors 'none'
      """
  }

  /// The hashes of the page's own texts of a kind.
  private static func sources(_ element: String, in page: String) -> String {
    let hashes = texts(of: element, in: page).map { text in
      "'sha256-\(Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString())'"
    }
    return hashes.isEmpty ? "'none'" : hashes.joined(separator: " ")
  }

  /// The headers of a response.
  func headers(isPage: Bool) -> [(String, String)] {
    Self.common + [
      ("Content-Security-Policy", isPage ? pagePolicy : "default-src 'none'; frame-ancestors 'none'")
    ]
  }

  /// The texts of the inline elements of a name: `script` or `style`.
  static func texts(of element: String, in page: String) -> [String] {
    var texts: [String] = []
    var rest = page[...]
    while let tag = rest.range(of: "<\(element)", options: .caseInsensitive),
      let open = rest[tag.upperBound...].firstIndex(of: ">"),
      let end = rest[open...].range(of: "</\(element)", options: .caseInsensitive)
    {
      let text = rest[rest.index(after: open)..<end.lowerBound]
      if !text.isEmpty { texts.append(String(text)) }
      rest = rest[end.upperBound...]
    }
    return texts
  }
}
