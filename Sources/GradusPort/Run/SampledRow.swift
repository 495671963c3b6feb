import GradusSQL

/// A row of the source that is to be looked up in the target.
struct SampledRow: Sendable {
  let key: RowKey
  /// The values as the target should have them.
  let values: [SQLValue]
}
