import GradusSQL

extension Connection {
  /// The condition, to follow a column, that it is one of some texts, and the array parameter that holds them.
  ///
  /// - Parameters:
  ///   - texts: the texts.
  ///   - parameter: the parameter's number.
  func isOne(of texts: [String], parameter: Int) -> (condition: String, value: SQLValue) {
    switch engine {
    case .postgres: return ("= ANY ($\(parameter)::text[])", .textArray(texts))
    case .sqlite:
      guard texts.contains(where: \.holdsZero), let mark = ZeroMark(for: texts) else {
        return ("IN (SELECT value FROM json_each($\(parameter)))", .textArray(texts))
      }
      return (
        "IN (SELECT \(mark.unmarked("value")) FROM json_each($\(parameter)))",
        .textArray(texts.map { mark.marked($0) })
      )
    }
  }
}
