/// Why a batch cannot be done, beyond what the database says.
enum UpdateFailure: Error, CustomStringConvertible {
  case unreadableProgress(update: String, reason: String)
  case noProgress(update: String)
  case violations(update: String, constraint: String, count: Int)
  case missingSQL(update: String)

  var description: String {
    switch self {
    case .unreadableProgress(let update, let reason):
      "the saved progress of '\(update)' cannot be read: \(reason)"
    case .noProgress(let update):
      "'\(update)' does not get on: it neither did anything nor moved its progress"
    case .violations(let update, let constraint, let count):
      "'\(update)': \(count) or more rows violate '\(constraint)'; mend them, or declare delete_violations"
    case .missingSQL(let update): "'\(update)' has no SQL for this engine"
    }
  }
}
