import Foundation

/// Columns on the command line: `--key room_id,user_id`, or a flag for each.
enum ColumnList {
  /// Split at commas that are not in brackets: an index may have expressions.
  static func split(_ arguments: [String]) -> [String] {
    arguments.flatMap { argument -> [String] in
      var (parts, depth): ([String], Int) = ([""], 0)
      for character in argument {
        if character == "(" { depth += 1 }
        if character == ")" { depth -= 1 }
        if character == ",", depth == 0 {
          parts.append("")
        } else {
          parts[parts.count - 1].append(character)
        }
      }
      return parts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
  }
}
