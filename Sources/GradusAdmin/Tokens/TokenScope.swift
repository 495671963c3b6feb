/// What a token may do.
package enum TokenScope: String, Sendable, Hashable, CaseIterable {
  /// Everything.
  case admin
  /// Reading.
  case read

  /// Whether it suffices where another is needed.
  package func includes(_ other: TokenScope) -> Bool { self == .admin || other == .read }
}
