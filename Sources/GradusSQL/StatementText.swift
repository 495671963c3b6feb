/// The text of a statement as a key of what is known of it: by its bytes. To Swift, texts that differ for an engine may be the
/// same, as é and e with an accent behind it.
package struct StatementText: Hashable, Sendable {
  package let sql: String

  package init(_ sql: String) {
    var sql = sql
    sql.makeContiguousUTF8()
    self.sql = sql
  }

  package static func == (one: Self, other: Self) -> Bool { one.sql.hasSameBytes(as: other.sql) }

  package func hash(into hasher: inout Hasher) { withBytes { hasher.combine(bytes: $0) } }

  private func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
    // There is such a storage, as the text was made contiguous.
    sql.utf8.withContiguousStorageIfAvailable { body(UnsafeRawBufferPointer($0)) }!
  }
}
