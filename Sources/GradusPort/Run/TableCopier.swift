import Gradus
import GradusSQL

/// Copies one table in transactions of some rows with their progress: while the target takes some, the next are read.
struct TableCopier: Sendable {
  let table: PortTable
  let options: PortOptions
  let source: Session
  let target: Session
  /// How many rows the source has.
  let total: Int
  let report: @Sendable (PortEvent) -> Void

  /// - Parameter start: where an interrupted port came to.
  func copy(from start: PortRecord.Table) async throws -> PortRecord.Table {
    var progress = start
    guard !progress.isComplete else { return progress }
    let reader = ChunkReader(table: table, options: options)
    let clock = ContinuousClock.now
    var chunk = try await read(reader, after: progress.lastKey)
    while true {
      let current = chunk
      try check(current)
      progress.rows += current.text.rowCount
      progress.leftOut += current.leftOut
      progress.mended += current.mended
      progress.lastKey = current.lastKey ?? progress.lastKey
      progress.isComplete = current.isLast
      async let following = current.isLast ? nil : read(reader, after: current.lastKey)
      try await write(current, progress)
      tell(progress, copied: progress.rows - start.rows, in: .now - clock)
      guard let next = try await following else { return progress }
      chunk = next
    }
  }

  private func read(_ reader: ChunkReader, after key: RowKey?) async throws -> Chunk {
    try await source.run { try reader.read(after: key, $0) }
  }

  private func check(_ chunk: Chunk) throws {
    guard !chunk.problems.isEmpty else { return }
    throw PortRefused(
      chunk.problems,
      hint: chunk.hasUnfitText
        ? "give --on-nul remove or --on-nul leave-out-row, and it goes on from there; or mend the rows of the source, then port with --start-over"
        : "mend the rows of the source, then port with --start-over")
  }

  private func write(_ chunk: Chunk, _ progress: PortRecord.Table) async throws {
    do {
      try await target.transaction { connection in
        if chunk.text.rowCount > 0 {
          var texts = [chunk.text].makeIterator()
          let count = try connection.copy(into: table.name, columns: table.columns.map(\.name)) {
            texts.next()
          }
          guard count == chunk.text.rowCount else {
            throw SQLError(
              .other, "\(table.name): the server took \(count) rows of \(chunk.text.rowCount)")
          }
        }
        try PortRecord.record(progress, of: table.name, connection)
      }
    } catch let error as SQLError {
      guard error.isOfRows else { throw error }
      let column = error.copyColumn.map { ".\($0)" } ?? ""
      // What is checked when the transaction ends, such as a deferred key, names no row.
      let key = error.copyRow.flatMap { chunk.keys.indices.contains($0 - 1) ? chunk.keys[$0 - 1] : nil }
      let place = key.map { "the row with \($0.name(table.key))" } ?? "the rows"
      throw PortRefused(
        ["\(table.name)\(column) of \(place): \(error.message)"],
        hint: "mend the \(key == nil ? "rows" : "row") in the source, then port with --start-over")
    }
  }

  private func tell(_ progress: PortRecord.Table, copied: Int, in time: Duration) {
    guard total > 0 else { return }
    let seconds = Double(time.milliseconds) / 1000
    let rate = seconds > 0.5 ? Double(copied) / seconds : nil
    let remaining = max(0, total - progress.rows - progress.leftOut)
    let eta: ClosedRange<Duration>? = rate.flatMap { rate in
      rate > 0
        ? .seconds(Double(remaining) / rate * 0.8) ... .seconds(Double(remaining) / rate * 1.5) : nil
    }
    report(
      .table(
        UpdateProgressReport(
          name: table.name, scanned: progress.rows + progress.leftOut, written: progress.rows,
          remaining: remaining, isComplete: progress.isComplete, rate: rate, eta: eta)))
  }
}
