/// A database that cannot be looked at, beside what the others say.
struct DatabaseFailure: Encodable {
  /// The name in the configuration.
  var database: String
  var error: String
}
