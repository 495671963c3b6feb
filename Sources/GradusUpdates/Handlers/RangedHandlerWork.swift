import GradusSQL

/// A Swift handler whose ranges can be shared, its progress type erased.
struct RangedHandlerWork<Handler: RangedUpdateHandler>: RangedWork {
  private let handler: Handler
  private let whole: HandlerWork<Handler>

  init(handler: Handler) {
    self.handler = handler
    whole = HandlerWork(handler: handler)
  }

  var name: String { handler.name }
  var isOneShot: Bool { handler.isOneShot }

  func runBatch(_ progress: String, size: Int, on connection: Connection) throws -> BatchResult<String> {
    try whole.runBatch(progress, size: size, on: connection)
  }

  func runBatch(_ progress: String, upTo end: String, size: Int, on connection: Connection) throws
    -> BatchResult<String>
  {
    try handler.runBatch(decode(progress), upTo: decode(end), size: size, on: connection).saved
  }

  func nextRange(past progress: String, rows: Int, on connection: Connection) throws -> WorkRange? {
    try handler.nextRange(past: decode(progress), rows: rows, on: connection).map {
      WorkRange(start: $0.start.json, end: $0.end.json, rows: $0.rows)
    }
  }

  func estimateRemaining(_ progress: String, on connection: Connection) throws -> Int? {
    try whole.estimateRemaining(progress, on: connection)
  }

  func verify(_ progress: String, on connection: Connection) throws -> Verification {
    // One worker alone walks through the phases by its batches.
    if connection.engine == .postgres,
      let next = try handler.nextPhase(after: decode(progress), on: connection)
    {
      return .rowsLeft(next: next.json)
    }
    return try whole.verify(progress, on: connection)
  }
}
