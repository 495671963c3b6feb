import Foundation
import GradusAdmin

/// What a request came to.
struct Answer: CustomStringConvertible {
  var status: Int
  var body: String
  var headers: [(String, String)]

  init(_ response: AdminResponse) {
    status = response.status
    body = String(decoding: response.body, as: UTF8.self)
    headers = response.headers + [("Content-Type", response.contentType)]
  }

  func header(_ name: String) -> String? { headers.first { $0.0 == name }?.1 }

  /// The body as a JSON object; empty where it is none.
  var object: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
  }

  var errcode: String? { object["errcode"] as? String }

  func objects(_ key: String) -> [[String: Any]] { object[key] as? [[String: Any]] ?? [] }

  var description: String { "\(status): \(body)" }
}
