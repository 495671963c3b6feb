import GradusSQL

/// What git leaves in a file where a merge has found a conflict.
enum MergeMark {
  /// The line of a text's first mark, from 1; nil where it has none.
  static func line(in text: String) -> Int? {
    text.sourceLines.firstIndex { line in
      ["<<<<<<< ", ">>>>>>> "].contains { line.hasPrefix($0) }
    }.map { $0 + 1 }
  }
}
