/// What becomes of texts that PostgreSQL cannot hold: with U+0000, or not UTF-8.
package enum UnfitText: String, Sendable, CaseIterable {
  /// The port stops and names them.
  case fail
  /// U+0000 is removed; what is not UTF-8 becomes U+FFFD.
  case remove
  /// The row is left out.
  case leaveOutRow = "leave-out-row"
}
