import Foundation

/// A response, without the library that sends it.
package struct AdminResponse: Sendable {
  package var status = 200
  package var contentType: String
  package var headers: [(String, String)] = []
  package var body: [UInt8]

  package init(
    status: Int = 200, contentType: String, headers: [(String, String)] = [], body: [UInt8]
  ) {
    self.status = status
    self.contentType = contentType
    self.headers = headers
    self.body = body
  }

  /// The original's compact JSON.
  static func json(_ value: OrderedJSON) -> AdminResponse {
    AdminResponse(contentType: "application/json", body: Array(value.text.utf8))
  }

  /// A document as the command line writes it.
  static func json(_ document: some Encodable, status: Int = 200) throws -> AdminResponse {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return AdminResponse(
      status: status, contentType: "application/json", body: Array(try encoder.encode(document)))
  }

  static func failure(_ failure: AdminFailure) -> AdminResponse {
    AdminResponse(
      status: failure.status, contentType: "application/json", headers: failure.headers,
      body: Array(failure.json.utf8))
  }
}
