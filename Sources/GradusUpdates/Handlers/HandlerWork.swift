import GradusSQL

/// A Swift handler, its progress type erased.
struct HandlerWork<Handler: UpdateHandler>: UpdateWork {
  let handler: Handler

  var name: String { handler.name }

  func runBatch(_ progress: String, size: Int, on connection: Connection) throws -> BatchResult<String> {
    try handler.runBatch(decode(progress), size: size, on: connection).saved
  }

  func estimateRemaining(_ progress: String, on connection: Connection) throws -> Int? {
    try handler.estimateRemaining(decode(progress), on: connection)
  }

  var isOneShot: Bool { handler.isOneShot }

  func verify(_ progress: String, on connection: Connection) throws -> Verification {
    .passed(try handler.verify(on: connection))
  }
}
