/// An answer that says what is wrong, in Matrix's form.
package struct AdminFailure: Error, Sendable {
  package var status: Int
  package var errcode: String
  package var message: String
  /// What stands beside `errcode` and `error`.
  package var details: [(String, OrderedJSON)] = []
  package var headers: [(String, String)] = []

  package init(
    _ status: Int, _ errcode: String, _ message: String, details: [(String, OrderedJSON)] = [],
    headers: [(String, String)] = []
  ) {
    self.status = status
    self.errcode = errcode
    self.message = message
    self.details = details
    self.headers = headers
  }

  /// The body, in the original's order of keys.
  package var json: String {
    OrderedJSON.object([("errcode", .string(errcode)), ("error", .string(message))] + details).text
  }
}
