/// Why a batch cannot be done, beyond what the database says.
enum UpdateFailure: Error, CustomStringConvertible {
  case unreadableProgress(update: String, reason: String)
  case noProgress(update: String)
  case missingSQL(update: String)
  case missingIndex(update: String, index: String)
  case otherIndex(update: String, index: String, reason: String)
  case rowsLeft(update: String, condition: String, passes: Int)
  case nullKey(update: String, table: String, columns: [String])
  case rowNumbers(update: String, table: String)

  var description: String {
    switch self {
    case .unreadableProgress(let update, let reason):
      "the saved progress of '\(update)' cannot be read: \(reason)"
    case .noProgress(let update):
      "'\(update)' does not get on: it wrote nothing and its progress stayed where it was, though it is not complete"
    case .missingIndex(let update, let index): "'\(update)' ended without a valid index '\(index)'"
    case .otherIndex(let update, let index, let reason):
      "'\(update)' finds another index named '\(index)', which \(reason); drop or rename that one, or name the declared one otherwise by 'index'"
    case .rowsLeft(let update, let condition, let passes):
      "'\(update)' walked the whole key \(passes) times, and rows are left where \(condition)"
    case .nullKey(let update, let table, let columns):
      "'\(update)' cannot reach all rows of '\(table)' along its key: \(columns.joined(separator: ", ")) is NULL in some; take a key of columns that are NOT NULL, or say by 'where' which rows need it"
    case .rowNumbers(let update, let table):
      "'\(update)' walks along the row numbers of '\(table)', and VACUUM gives out others, so that it would pass rows over; take a key of columns, or say by 'where' which rows need it"
    case .missingSQL(let update): "'\(update)' has no SQL for this engine"
    }
  }
}
