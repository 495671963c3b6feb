/// What `GET status` answers.
struct StatusAnswer: Encodable {
  var format = 1
  var paused: Bool
  var databases: [DatabaseDocument]
}
