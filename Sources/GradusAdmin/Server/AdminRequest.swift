/// A request, without the library that received it.
package struct AdminRequest: Sendable {
  package var method: String
  /// Path and query as they were sent.
  package var target: String
  package var authorization: String?
  package var host: String?
  package var origin: String?
  /// The client's IP address; nil by a Unix socket.
  package var client: String?
  /// Reads the body.
  ///
  /// - Throws: `AdminFailure.tooLarge` where it has more bytes than that.
  package var body: @Sendable (_ limit: Int) async throws -> [UInt8]

  package init(
    method: String, target: String, authorization: String? = nil, host: String? = nil, origin: String? = nil,
    client: String? = nil, body: @escaping @Sendable (_ limit: Int) async throws -> [UInt8] = { _ in [] }
  ) {
    self.method = method
    self.target = target
    self.authorization = authorization
    self.host = host
    self.origin = origin
    self.client = client
    self.body = body
  }
}
