/// One row of a result.
public struct Row: Sendable {
  /// The columns, shared by all rows of one result.
  public let columns: Columns
  /// The values, in the order of the columns.
  public let values: [SQLValue]

  /// A row for a driver to return.
  ///
  /// - Parameters:
  ///   - columns: the result's columns.
  ///   - values: one value a column.
  public init(columns: Columns, values: [SQLValue]) {
    self.columns = columns
    self.values = values
  }

  /// The value at a position.
  public subscript(_ index: Int) -> SQLValue { values[index] }

  /// The value of the column of this name; NULL where there is no such column.
  public subscript(_ name: String) -> SQLValue {
    columns.index(of: name).map { values[$0] } ?? .null
  }

  /// The names of a result's columns.
  public final class Columns: Sendable {
    /// The names, in order.
    public let names: [String]
    private let positions: [String: Int]

    /// - Parameter names: the names, in order; of two columns with one name the first is found by it.
    public init(_ names: [String]) {
      self.names = names
      positions = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The position of the column of this name.
    public func index(of name: String) -> Int? { positions[name] }
  }
}

extension Row {
  /// A value that must be a text.
  ///
  /// - Throws: `SQLError` with code `unexpectedValue` where it is NULL or of another type.
  public func text(_ index: Int) throws -> String { try require(values[index].text, index, "text") }

  /// A value that must be a whole number.
  ///
  /// - Throws: `SQLError` with code `unexpectedValue` where it is NULL or of another type.
  public func integer(_ index: Int) throws -> Int64 {
    try require(values[index].integer, index, "an integer")
  }

  /// A value that must be a truth value.
  ///
  /// - Throws: `SQLError` with code `unexpectedValue` where it is NULL or of another type.
  public func boolean(_ index: Int) throws -> Bool { try require(values[index].boolean, index, "a boolean") }

  private func require<T>(_ value: T?, _ index: Int, _ wanted: String) throws -> T {
    guard let value else {
      throw SQLError(
        .unexpectedValue,
        "column '\(columns.names[index])' holds \(values[index].typeName), expected \(wanted)")
    }
    return value
  }
}

extension SQLValue {
  /// The type's name for messages, which never show the value itself.
  var typeName: String {
    switch self {
    case .null: "NULL"
    case .integer: "an integer"
    case .double: "a double"
    case .text: "text"
    case .blob: "bytes"
    case .boolean: "a boolean"
    case .textArray, .integerArray, .booleanArray: "an array"
    }
  }
}
