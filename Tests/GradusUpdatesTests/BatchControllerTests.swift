import Testing

@testable import GradusUpdates

@Suite struct BatchControllerTests {
  private func size(_ controller: BatchController) -> Int {
    controller.size(milliseconds: 100, defaultSize: 100, minSize: 1)
  }

  /// One batch of the size that the controller wants, by a clock that says how long so many rows take.
  @discardableResult
  private func run(_ controller: inout BatchController, milliseconds: (Int) -> Double) -> Int {
    let size = size(controller)
    controller.record(size: size, scanned: size, milliseconds: milliseconds(size), target: 100)
    return size
  }

  @Test func beginsWithTheDefault() {
    #expect(size(BatchController(maxSize: 1000)) == 100)
    #expect(size(BatchController(maxSize: 50)) == 50)
  }

  /// After one batch the rate is exactly its rows over its duration.
  @Test func shrinksAtOnceToTheTarget() {
    var controller = BatchController(maxSize: 1000)
    controller.record(size: 100, scanned: 100, milliseconds: 400, target: 100)
    #expect(size(controller) == 25)
  }

  @Test func growsAtMostTwofold() {
    var controller = BatchController(maxSize: 1000)
    let sizes = (0..<6).map { _ in run(&controller) { _ in 1 } }
    #expect(sizes == [100, 200, 400, 800, 1000, 1000])
  }

  @Test func neverFallsBelowTheMinimum() {
    var controller = BatchController(maxSize: 1000)
    controller.record(size: 100, scanned: 1, milliseconds: 60_000, target: 100)
    #expect(size(controller) == 1)
    #expect(controller.size(milliseconds: 100, defaultSize: 100, minSize: 7) == 7)
  }

  @Test func emptyBatchesTellNothing() {
    var controller = BatchController(maxSize: 1000)
    controller.record(size: 100, scanned: 0, milliseconds: 5, target: 100)
    #expect(size(controller) == 100)
    #expect(controller.rate == nil)
  }

  @Test func aConflictHalvesTheBatch() {
    var controller = BatchController(maxSize: 1000)
    controller.record(size: 100, scanned: 100, milliseconds: 50, target: 100)
    controller.recordConflict(size: 200)
    #expect(size(controller) == 100)
    // And again, until a single row is left.
    var sizes: [Int] = []
    for _ in 0..<8 {
      sizes.append(size(controller))
      controller.recordConflict(size: sizes.last!)
    }
    #expect(sizes == [100, 50, 25, 12, 6, 3, 1, 1])
  }

  @Test func afterAConflictItGrowsByAndBy() {
    var controller = BatchController(maxSize: 1000)
    controller.recordConflict(size: 200)
    #expect((0..<4).map { _ in run(&controller) { _ in 1 } } == [100, 200, 400, 800])
  }

  @Test func settlesAtTheTarget() {
    var controller = BatchController(maxSize: 1000)
    for _ in 0..<60 { run(&controller) { Double($0) * 0.25 } }
    #expect((390...410).contains(size(controller)))
  }

  /// Rows that suddenly cost a hundred times as much are met by the next batch, not by the average of many.
  @Test func aBatchFarOverTheTargetSizesTheNext() {
    var controller = BatchController(maxSize: 10_000)
    for _ in 0..<30 { run(&controller) { Double($0) * 0.1 } }
    #expect(size(controller) > 900)
    run(&controller) { Double($0) * 10 }
    #expect(size(controller) <= 10)
  }

  @Test func goesOnWhereAnotherProcessStopped() {
    var controller = BatchController(maxSize: 1000)
    for _ in 0..<40 { run(&controller) { Double($0) * 0.25 } }
    let resumed = BatchController(maxSize: 1000, resuming: controller.rate)
    #expect(size(resumed) == size(controller))
    #expect(resumed.rate == controller.rate)
  }

  /// A callback may ask for any number, and a range has several batches.
  @Test func noSizeIsBeyond32Bits() {
    let most = Int(Int32.max)
    var controller = BatchController(maxSize: .max)
    #expect(controller.size(milliseconds: 100, defaultSize: .max, minSize: 1) == most)
    #expect(controller.size(milliseconds: 100, defaultSize: 1, minSize: .max) == most)
    controller.record(size: .max, scanned: .max, milliseconds: 0, target: 100)
    #expect(controller.size(milliseconds: 100, defaultSize: 1, minSize: 1) == most)
    #expect(controller.size(milliseconds: .infinity, defaultSize: 1, minSize: .max) == most)
  }

  /// The cost is the rows looked at: that only one in a hundred of them is written makes no difference.
  @Test func sparseWorkTakesTheTimeOfItsScan() {
    var controller = BatchController(maxSize: 10_000)
    var (rows, milliseconds, batches) = (1_000_000, 0.0, 0)
    while rows > 0 {
      let size = min(size(controller), rows)
      // 20 rows a millisecond to look at, and half a millisecond for each that is written.
      let took = Double(size) / 20 + Double(size / 100) * 0.5 + 1
      controller.record(size: size, scanned: size, milliseconds: took, target: 100)
      rows -= size
      milliseconds += took
      batches += 1
    }
    let scan = 1_000_000.0 / 20 + 10_000 * 0.5
    #expect(milliseconds < scan * 1.05)
    #expect(batches < 1_000)
  }
}
