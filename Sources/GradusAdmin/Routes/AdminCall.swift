/// A request as a route gets it.
struct AdminCall: Sendable {
  /// The parameters of the path.
  var parameters: [String: String] = [:]
  /// The parameters behind the path's `?`, without those that appear twice or cannot be decoded: these are refused.
  var query: Query
  /// Nothing for a GET.
  var body: [UInt8] = []
  /// Who calls, for records.
  var caller: String
  /// The token that was presented; nil where the server has none.
  var token: AdminToken?

  struct Query: Sendable {
    var values: [String: String] = [:]
    var isBroken = false
  }
}
