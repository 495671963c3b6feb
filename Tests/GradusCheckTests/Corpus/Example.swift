import GradusSQL
import Testing

/// A delta, and the rules that it breaks.
struct Example: CustomTestStringConvertible, Sendable {
  /// Its SQL.
  var sql: String
  /// The rules that have to be found, each as often as it is found; empty for none.
  var rules: [String]
  /// The rules that it nearly breaks.
  var near: [String]
  /// The engines on which it runs.
  var engines: Set<Engine>
  var testDescription: String { sql }

  init(_ sql: String, _ rules: String..., near: [String] = [], on engines: Engine...) {
    self.sql = sql
    self.rules = rules
    self.near = near
    self.engines = engines.isEmpty ? [.sqlite, .postgres] : Set(engines)
  }
}
