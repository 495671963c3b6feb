/// The JSON that ends `updates run`.
struct RunDocument: Encodable {
  var format = 1
  var event = "finished"
  var completed: [String]
  var waiting: [String: String]
  /// What each database came to, where there are several: they may have updates of the same name.
  var databases: [OfDatabase]?

  struct OfDatabase: Encodable {
    var database: String
    var completed: [String]
    var waiting: [String: String]
  }
}
