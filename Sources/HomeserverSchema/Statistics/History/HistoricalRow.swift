/// A row of the history, or a current row as that of the slice under way.
struct HistoricalRow: Hashable {
  let end: Int64
  /// In the order of the kind's columns.
  let absolute: [Int64?]
  let perSlice: [Int64]
}
