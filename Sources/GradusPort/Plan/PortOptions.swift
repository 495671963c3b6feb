/// Settings of a port.
package struct PortOptions: Sendable {
  /// Tables, or columns as `table.column`, that are not copied.
  package var leaveOut: Set<String>
  /// What becomes of texts that PostgreSQL cannot hold.
  package var unfitText: UnfitText
  /// How many rows of each table are compared at the end.
  package var sample: Int
  /// Whether an interrupted port begins anew.
  package var startsOver: Bool
  /// How many rows a transaction copies at most.
  package var chunkRows: Int
  /// How many bytes of rows a transaction copies, roughly: what memory grows with.
  package var chunkBytes: Int
  /// How long to wait for another process that migrates one of the databases.
  package var lockTimeout: Duration

  package init(
    leaveOut: Set<String> = [], unfitText: UnfitText = .fail, sample: Int = 200, startsOver: Bool = false,
    chunkRows: Int = 50_000, chunkBytes: Int = 4 << 20, lockTimeout: Duration = .seconds(10)
  ) {
    self.leaveOut = leaveOut
    self.unfitText = unfitText
    self.sample = sample
    self.startsOver = startsOver
    self.chunkRows = chunkRows
    self.chunkBytes = chunkBytes
    self.lockTimeout = lockTimeout
  }
}
