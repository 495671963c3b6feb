internal import CGradusLibpq
import GradusSQL

extension PostgresConnection {
  func describe(_ sql: String) throws -> StatementDescription {
    guard !sql.utf8.contains(0) else { throw SQLError(.syntax, "the statement holds the character U+0000") }
    // The unnamed statement, so that there is nothing to take back.
    _ = try succeed(sql) { PQsendPrepare(handle, "", sql, 0, nil) }
    let described = try succeed(sql) { PQsendDescribePrepared(handle, "") }
    let columns = described.describedColumns
    let parameters = described.describedParameters
    let names = try typeNames(columns.map { ($0.type, $0.modifier) } + parameters.map { ($0, -1) })
    return StatementDescription(
      columns: zip(columns, names).map { .init(name: $0.name, type: $1) },
      parameterTypes: Array(names.dropFirst(columns.count)), parameterCount: parameters.count)
  }

  private func succeed(_ sql: String, _ send: () -> Int32) throws -> PostgresResult {
    let answer = try exchange(send)
    guard var error = answer.failure else { return answer.value }
    error.statement = sql
    error.position = position(of: answer.value, in: sql)
    throw error
  }

  private func typeNames(_ types: [(type: Oid, modifier: Int32)]) throws -> [String] {
    guard !types.isEmpty else { return [] }
    var names: [String] = []
    _ = try run(
      """
      SELECT pg_catalog.format_type(t.type::oid, nullif(t.modifier, -1)::integer)
      FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS t (type, modifier, place) ORDER BY t.place
      """, [.integerArray(types.map { Int64($0.type) }), .integerArray(types.map { Int64($0.modifier) })]
    ) { names.append($0[0].text ?? "") }
    return names
  }
}
