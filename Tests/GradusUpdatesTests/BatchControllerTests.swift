import Testing

@testable import GradusUpdates

@Suite struct BatchControllerTests {
  private let options = BatchOptions(
    targetDuration: .milliseconds(100), defaultBatchSize: 100, maxBatchSize: 1000)

  @Test func beginsWithTheDefault() {
    #expect(BatchController(options).size == 100)
  }

  /// After one batch the rate is exactly its rows over its duration.
  @Test func shrinksAtOnceToTheTarget() {
    var controller = BatchController(options)
    controller.record(size: 100, scanned: 100, milliseconds: 400)
    #expect(controller.size == 25)
  }

  @Test func growsAtMostTwofold() {
    var controller = BatchController(options)
    var sizes: [Int] = []
    for _ in 0..<6 {
      let size = controller.size
      sizes.append(size)
      controller.record(size: size, scanned: size, milliseconds: 1)
    }
    #expect(sizes == [100, 200, 400, 800, 1000, 1000])
  }

  @Test func neverFallsBelowTheMinimum() {
    var controller = BatchController(options)
    controller.record(size: 100, scanned: 1, milliseconds: 60_000)
    #expect(controller.size == 1)
  }

  @Test func emptyBatchesTellNothing() {
    var controller = BatchController(options)
    controller.record(size: 100, scanned: 0, milliseconds: 5)
    #expect(controller.size == 100)
  }

  @Test func aConflictHalvesTheBatch() {
    var controller = BatchController(options)
    controller.record(size: 100, scanned: 100, milliseconds: 50)
    controller.recordConflict(size: 200)
    #expect(controller.size == 100)
    controller.recordConflict(size: 1)
    #expect(controller.size == 1)
  }

  @Test func settlesAtTheTarget() {
    var controller = BatchController(options)
    for _ in 0..<60 {
      let size = controller.size
      controller.record(size: size, scanned: size, milliseconds: Double(size) * 0.25)
    }
    #expect((390...410).contains(controller.size))
  }
}
