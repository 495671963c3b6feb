/// What was measured of one thing, a value a run.
struct Series: Sendable {
  /// The benchmark, such as `sparse`.
  let benchmark: String
  /// Where it ran; an engine's name.
  let engine: String
  /// What was measured: the runner, or what it is compared with.
  let subject: String
  /// What of it: time, batches and so on.
  let quantity: String
  let unit: String
  var values: [Double]

  var min: Double { values.min() ?? .nan }
  var max: Double { values.max() ?? .nan }
  var median: Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }
}

extension Series: Encodable {
  private enum CodingKeys: CodingKey {
    case benchmark, engine, subject, quantity, unit, min, median, max, values
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(benchmark, forKey: .benchmark)
    try container.encode(engine, forKey: .engine)
    try container.encode(subject, forKey: .subject)
    try container.encode(quantity, forKey: .quantity)
    try container.encode(unit, forKey: .unit)
    try container.encode(min, forKey: .min)
    try container.encode(median, forKey: .median)
    try container.encode(max, forKey: .max)
    try container.encode(values, forKey: .values)
  }
}
