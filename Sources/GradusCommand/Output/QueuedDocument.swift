/// The JSON that `updates start` writes.
struct QueuedDocument: Encodable {
  var format = 1
  var queued: [String]
}
