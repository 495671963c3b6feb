/// What one batch, or several together, came to.
struct BatchCount: Sendable, Hashable {
  var scanned = 0
  var written = 0
  var batches = 1
  var skipped: [String: Int] = [:]
  var milliseconds = 0.0
}
