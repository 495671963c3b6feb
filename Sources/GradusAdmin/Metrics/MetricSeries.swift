import Synchronization

/// One metric with one set of labels: the numbers behind a handler.
final class MetricSeries: Sendable {
  let family: String
  let labels: [MetricLabel]
  private let numbers: Mutex<Numbers>

  struct Numbers: Sendable {
    /// The value of a counter or a gauge; the sum of anything else.
    var value = 0.0
    /// How many values there were.
    var count: UInt64 = 0
    /// How many were in each bucket, not added up.
    var buckets: [UInt64]
  }

  init(family: String, labels: [MetricLabel], bucketCount: Int) {
    self.family = family
    self.labels = labels
    numbers = Mutex(Numbers(buckets: Array(repeating: 0, count: bucketCount)))
  }

  var current: Numbers { numbers.withLock { $0 } }

  func set(_ value: Double) {
    numbers.withLock { numbers in
      numbers.value = value
      numbers.count += 1
    }
  }

  func add(_ value: Double) {
    numbers.withLock { numbers in
      numbers.value += value
      numbers.count += 1
    }
  }

  func observe(_ value: Double, bounds: [Double]) {
    numbers.withLock { numbers in
      numbers.value += value
      numbers.count += 1
      if let bucket = bounds.firstIndex(where: { value <= $0 }) { numbers.buckets[bucket] += 1 }
    }
  }

  func reset() {
    numbers.withLock { $0 = Numbers(buckets: Array(repeating: 0, count: $0.buckets.count)) }
  }
}

/// A label with its value.
struct MetricLabel: Sendable, Hashable {
  var name: String
  var value: String
}
