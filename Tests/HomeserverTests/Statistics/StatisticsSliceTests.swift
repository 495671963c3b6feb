import Testing

@testable import HomeserverSchema

@Suite struct StatisticsSliceTests {
  /// Every moment of a while before and after 0, for slices of many lengths.
  @Test func everyMomentIsInOneSlice() {
    for length in 1...9 as ClosedRange<Int64> {
      for time in -40...40 as ClosedRange<Int64> {
        let slice = StatisticsSlice(containing: time, length: length)
        #expect(slice.end % length == 0)
        #expect(slice.start <= time && time < slice.end)
        #expect(slice.length == length && slice.end - slice.start == length)
        #expect(slice.next?.start == slice.end)
        #expect(slice.next == StatisticsSlice(containing: slice.end, length: length))
        for now in -50...50 as ClosedRange<Int64> { #expect(slice.hasEnded(at: now) == (now >= slice.end)) }
      }
    }
  }

  @Test(
    arguments: [
      (0, 86_400_000, 86_400_000), (86_399_999, 86_400_000, 86_400_000),
      (86_400_000, 86_400_000, 172_800_000),
      (-1, 86_400_000, 0), (-86_400_000, 86_400_000, 0), (-86_400_001, 86_400_000, -86_400_000),
      (1_700_000_000_000, 86_400_000, 1_700_006_400_000), (1_700_000_000_000, 3_600_000, 1_700_002_800_000),
      (.max, 1000, .max), (.max, .max, .max), (.max - 1, .max, .max), (.min, 1000, .min + 808),
      (5, .max, .max),
      (-5, .max, 0),
    ] as [(Int64, Int64, Int64)])
  func ends(_ time: Int64, _ length: Int64, _ end: Int64) {
    let slice = StatisticsSlice(containing: time, length: length)
    #expect(slice.end == end)
    #expect(slice.start <= time)
    #expect(slice.end == .max ? slice.next == nil : true)
  }

  struct Change: Sendable {
    var slice: StatisticsSlice
    var now: Int64
    var length: Int64 = 10
    var expected: StatisticsSlice
    init(_ end: Int64, _ length: Int64 = 10, at now: Int64, _ newLength: Int64 = 10, is expected: Int64) {
      slice = StatisticsSlice(end: end, length: length)
      self.now = now
      self.length = newLength
      self.expected = StatisticsSlice(end: expected, length: expected == end ? length : newLength)
    }
  }

  @Test(arguments: [
    // Within it, and on its boundaries.
    Change(20, at: 10, is: 20), Change(20, at: 15, is: 20), Change(20, at: 19, is: 20),
    Change(20, at: 20, is: 30),
    // Later, by however much.
    Change(20, at: 31, is: 40), Change(20, at: 1_000_005, is: 1_000_010), Change(-20, at: -5, is: 0),
    // The clock was put back: by up to a slice it is the same one, by more the clock must have been wrong before.
    Change(20, at: 9, is: 20), Change(20, at: 0, is: 20), Change(20, at: -1, is: 0),
    Change(1_000_000, at: 5, is: 10),
    Change(.max, at: 5, is: 10), Change(.max, 10, at: .min + 20, is: .min + 28),
    // Another length: not before the slice under way is over.
    Change(20, at: 15, 100, is: 20), Change(20, at: 20, 100, is: 100), Change(100, 100, at: 15, is: 100),
    Change(100, 100, at: 100, is: 110), Change(100, 100, at: -99, is: 100),
    Change(100, 100, at: -101, is: -100),
  ])
  func changes(_ change: Change) {
    #expect(
      change.slice.slice(forChangeAt: change.now, length: change.length) == change.expected, "\(change)")
  }

  /// Whatever the clock does, a change is never counted into a slice that is over, nor far ahead.
  @Test func aSliceIsNeverOver() {
    for length in [3, 7] as [Int64] {
      for end in stride(from: -21 as Int64, through: 21, by: 3) {
        for now in -40...40 as ClosedRange<Int64> {
          let slice = StatisticsSlice(end: end, length: 3).slice(forChangeAt: now, length: length)
          #expect(!slice.hasEnded(at: now))
          #expect(slice.start - now <= 7)
        }
      }
    }
  }
}
