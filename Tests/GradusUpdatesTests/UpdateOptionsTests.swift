import GradusUpdates
import Testing

@Suite struct UpdateOptionsTests {
  /// Who waits for the end is spared pauses and health, not what the database bears.
  @Test func inForeground() throws {
    var options = UpdateOptions(
      batches: BatchOptions(defaultBatchSize: 40, minBatchSize: 3, maxBatchSize: 50, attempts: 9),
      lockTimeout: .seconds(5), statementTimeout: .seconds(6), leaseDuration: .seconds(7),
      reconnectTimeout: .seconds(8))
    options.windows = TimeWindows([try TimeWindow(parsing: "22:00-06:00")])
    let foreground = options.inForeground
    #expect(foreground.batches.pause == .zero)
    options.batches = foreground.batches
    options.health = .off
    options.windows = UpdateOptions().windows
    #expect(foreground == options)
    #expect(foreground.batches.minBatchSize == 3)
    #expect(foreground.batches.maxBatchSize == 250)
    #expect(foreground.batches.defaultBatchSize == 50)
    #expect(foreground.batches.attempts == 9)
  }
}
