/// Why a column of the target cannot hold a value.
package enum UnfitValue: Error, Hashable, Sendable {
  /// A text with U+0000.
  case nul
  /// A text that is not UTF-8.
  case notUTF8
  /// A value of another type, such as a text in a column of numbers, which SQLite lets pass.
  case wrongType(found: String, expected: String)
  /// A number that the column, or its type, would round.
  case inexact(column: String)
  /// A text of which the server would cut something off.
  case tooLong(TextLimit)
  /// What is no date or time in a way of writing that leaves no doubt.
  case noTime
  /// A text of which the server would change something else; in words.
  case altered(String)

  /// Whether it is about characters, which an operator may have removed.
  var isAboutCharacters: Bool {
    switch self {
    case .nul, .notUTF8: true
    case .wrongType, .inexact, .tooLong, .noTime, .altered: false
    }
  }
}

extension UnfitValue: CustomStringConvertible {
  package var description: String {
    switch self {
    case .nul: "holds U+0000"
    case .notUTF8: "is not UTF-8"
    case .wrongType(let found, let expected): "holds \(found), not \(expected)"
    case .inexact(let column): "holds a number that \(column) would round"
    case .tooLong(let limit): "holds more than \(limit)"
    case .noTime: "holds no date or time as ISO 8601 writes it, such as 2024-01-31 10:11:12.5+01:00"
    case .altered(let description): description
    }
  }
}
