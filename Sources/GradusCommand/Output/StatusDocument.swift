/// The JSON that `status` writes.
struct StatusDocument: Encodable {
  var format = 1
  var databases: [StatusReport]
}
