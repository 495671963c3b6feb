import GradusSQL

extension Connection {
  /// The condition, to follow a column, that it is one of the texts of an array parameter.
  ///
  /// - Parameter parameter: the parameter's number.
  func isOne(ofTexts parameter: Int) -> String {
    switch engine {
    case .postgres: "= ANY ($\(parameter)::text[])"
    case .sqlite: "IN (SELECT value FROM json_each($\(parameter)))"
    }
  }
}
