import Foundation
import Gradus

/// A check that a column has one of some values, and says nothing else: `CHECK (kind IN ('a', 'b'))`.
struct ListCheck {
  private let column: String
  private let values: Set<String>

  /// Nil for others.
  ///
  /// - Parameter definition: as the catalog has it: SQLite's words, or what PostgreSQL makes of IN.
  init?(_ definition: String) {
    if let single = Self.single(definition) {
      column = single.column
      self.values = [single.value]
      return
    }
    let written = #/check\s*\((?<column>\w+|"[^"]*")\s+in\s*\((?<values>.*)\)\s*\)/#
    let rewritten =
      #/CHECK \(\((?<column>\w+|"[^"]*"|\([^()]*\)::[a-z ]+) = ANY \(\(?ARRAY\[(?<values>.*?)\](?:\)::[a-z ]+\[\])?\)\)\)/#
    guard
      let match = definition.wholeMatch(of: written.dotMatchesNewlines())
        ?? definition.wholeMatch(of: rewritten.dotMatchesNewlines()),
      let values = Self.items(String(match.values))
    else { return nil }
    column = String(match.column)
    self.values = Set(values.map(Self.bare))
  }

  /// Of a list of one value PostgreSQL keeps no list: `kind = 'a'::text`.
  private static func single(_ definition: String) -> (column: String, value: String)? {
    let written = #/check\s*\((?<column>\w+|"[^"]*")\s*=\s*(?<value>.*)\)/#
    let rewritten = #/CHECK \(\((?<column>\w+|"[^"]*"|\([^()]*\)::[a-z ]+) = (?<value>.*)\)\)/#
    guard
      let match = definition.wholeMatch(of: written.dotMatchesNewlines())
        ?? definition.wholeMatch(of: rewritten.dotMatchesNewlines())
    else { return nil }
    let value = bare(String(match.value))
    let isConstant = value.wholeMatch(of: #/'(?:[^']|'')*'|-?[0-9.]+|true|false/#) != nil
    return isConstant ? (column: String(match.column), value: value) : nil
  }

  /// A value without the types that PostgreSQL gives it, which are others in a list: `('-1'::integer)::bigint`.
  private static func bare(_ value: String) -> String {
    var (value, plain) = ("", value)
    while value != plain {
      value = plain
      plain = value.replacing(#/::[\w". ]+$/#, with: "")
      if plain.hasPrefix("("), plain.hasSuffix(")") { plain = String(plain.dropFirst().dropLast()) }
    }
    return value
  }

  /// Whether it admits all that another one admits.
  func admitsAll(of other: ListCheck) -> Bool {
    column == other.column && values.isSuperset(of: other.values)
  }

  /// What stands between commas outside of brackets and quotes; nil where a bracket closes that opens before the list.
  private static func items(_ list: String) -> [String]? {
    let bytes = Array(list.utf8)
    var (items, start, depth): ([String], Int, Int) = ([], 0, 0)
    func item(_ end: Int) -> String {
      String(decoding: bytes[start..<end], as: UTF8.self).trimmingCharacters(in: .whitespaces)
    }
    for token in SQLiteToken.all(in: bytes) {
      switch token.kind {
      case .symbol(UInt8(ascii: "(")): depth += 1
      case .symbol(UInt8(ascii: ")")): depth -= 1
      case .symbol(UInt8(ascii: ",")) where depth == 0:
        items.append(item(token.range.lowerBound))
        start = token.range.upperBound
      default: break
      }
      guard depth >= 0 else { return nil }
    }
    return items + [item(bytes.count)]
  }
}
