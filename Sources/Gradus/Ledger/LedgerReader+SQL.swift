import GradusSQL
import Yams

/// The SQL in a ledger, which does not say for which engines it is.
extension LedgerReader {
  /// Refuses SQL that no engine could take where it is put: a start would find that out, or the application's next write.
  func checkSQL(
    _ sql: String, as place: SQLFragment.Place, on engines: [Engine] = Engine.allCases, _ node: Node,
    _ reader: YAMLReader
  ) throws {
    let bytes = Array(sql.utf8)
    let parameters = engines.compactMap { SQLParameter.first(in: bytes, on: $0) }
    if parameters.count == engines.count, let parameter = parameters.first {
      let name = String(decoding: bytes[parameter], as: UTF8.self)
      throw reader.error(
        node, "'\(name)' is a parameter, and nobody gives it a value", hint: UnboundParameter.advice(name))
    }
    let faults = engines.compactMap { SQLFragment.fault(in: sql, as: place, on: $0) }
    if faults.count == engines.count, let fault = faults.first {
      throw reader.error(node, fault.message, hint: fault.hint)
    }
  }
}
