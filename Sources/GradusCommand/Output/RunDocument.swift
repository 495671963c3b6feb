/// The JSON that ends `updates run`.
struct RunDocument: Encodable {
  var format = 1
  var event = "finished"
  var completed: [String]
  var waiting: [String: String]
}
