/// What is known of a subject at the end of one slice of time.
public struct StatisticsPoint: Sendable, Hashable {
  /// The slice.
  public let slice: StatisticsSlice
  /// How things were at its end, by column; nil where nothing is known that early, or where the column was NULL.
  public var absolute: [String: Int64?]
  /// What happened in it, by column.
  public var perSlice: [String: Int64]
  /// Whether there is a row of this slice; otherwise nothing changed in it.
  public var isRecorded: Bool
}
