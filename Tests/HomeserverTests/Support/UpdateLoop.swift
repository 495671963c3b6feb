import GradusSQL
import GradusUpdates

@testable import HomeserverSchema

/// Runs updates the way the engine does, without its queue: a transaction a batch, the progress through its
/// JSON.
enum UpdateLoop {
  /// What a whole update did.
  struct Outcome {
    /// The progress before each batch.
    var progress: [String] = []
    var scanned = 0
    var written = 0
    var skipped: [String: Int] = [:]
  }

  /// An update does not come to its end.
  struct Endless: Error {}

  /// Runs an update to its end.
  static func run(
    _ handler: some UpdateHandler, from json: String = "{}", size: Int, on connection: Connection
  ) throws -> Outcome {
    try batches(of: handler, from: json, size: size, on: connection)
  }

  /// Cuts an update into ranges and runs them, the last one first.
  ///
  /// - Parameter rows: of a range.
  /// - Returns: the ends of the ranges, in the order in which they were cut.
  static func runRanges<Handler: RangedUpdateHandler>(
    of handler: Handler, from json: String = "{}", rows: Int, size: Int, on connection: Connection
  ) throws -> [String] {
    var ranges: [UpdateRange<Handler.Progress>] = []
    var past = try Handler.Progress(json: json)
    while let range = try handler.nextRange(past: past, rows: rows, on: connection) {
      ranges.append(range)
      past = range.end
    }
    for range in ranges.reversed() {
      var progress: Handler.Progress? = range.start
      while let start = progress {
        progress = try connection.transaction { connection in
          try handler.runBatch(start, upTo: range.end, size: size, on: connection).next
        }
      }
    }
    return ranges.map(\.end.json)
  }

  /// Runs the three sliding sync updates in the order in which the queue picks them.
  @discardableResult
  static func runSlidingSync(
    size: Int, snapshotsFrom json: String = "{}", on connection: Connection
  ) throws -> [String: Outcome] {
    let snapshots = MembershipSnapshotsUpdate()
    let prefill = PrefillJoinedRoomsUpdate()
    let joined = JoinedRoomsUpdate()
    return [
      snapshots.name: try run(snapshots, from: json, size: size, on: connection),
      prefill.name: try run(prefill, size: size, on: connection),
      joined.name: try run(joined, size: size, on: connection),
    ]
  }

  private static func batches<Handler: UpdateHandler>(
    of handler: Handler, from json: String, size: Int, on connection: Connection
  ) throws -> Outcome {
    var outcome = Outcome()
    var json = json
    while true {
      outcome.progress.append(json)
      let result = try connection.transaction { connection in
        try handler.runBatch(try Handler.Progress(json: json), size: size, on: connection)
      }
      outcome.scanned += result.scanned
      outcome.written += result.written
      outcome.skipped.merge(result.skipped) { $0 + $1 }
      guard let next = result.next else { return outcome }
      guard outcome.progress.count < 10_000 else { throw Endless() }
      json = next.json
    }
  }
}
