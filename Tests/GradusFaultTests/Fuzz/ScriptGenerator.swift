import GradusSQL
import GradusTestSupport

/// Scripts of statements in which semicolons, quotes and comments are where they may be overlooked.
struct ScriptGenerator {
  let engine: Engine

  /// The tokens of each statement, without the semicolon behind it.
  typealias Statements = [[String]]

  /// The tables that the statements use.
  static let setUp = "CREATE TABLE t (id INTEGER, a TEXT);\nCREATE TABLE log (a TEXT);"

  func statements(_ generator: inout SeededGenerator) -> Statements {
    (0..<Int.random(in: 1...6, using: &generator)).map { statement($0, &generator) }
  }

  /// - Parameter number: makes names unique.
  private func statement(_ number: Int, _ generator: inout SeededGenerator) -> [String] {
    switch Int.random(in: 0..<(engine == .postgres ? 9 : 6), using: &generator) {
    case 0, 1:
      return [
        "INSERT", "INTO", "t", "(", "id", ",", "a", ")", "VALUES", "(", "\(number)", ",", text(&generator),
        ")",
      ]
    case 2: return ["UPDATE", "t", "SET", "a", "=", "a", "||", text(&generator), "WHERE", "id", ">=", "0"]
    case 3:
      let name =
        ["\"x;y\(number)\"", "\"a\"\"b;\(number)\"", "\"-- \(number)\"", "\"/*\(number)\"", "_é\(number)"]
        .randomElement(using: &generator) ?? ""
      return ["CREATE", "TABLE", name, "(", "n", "INTEGER", "DEFAULT", "(", "1", "-", "-", "2", ")", ")"]
    case 4:
      return [
        "INSERT", "INTO", "log", "SELECT", "CASE", "WHEN", "id", ">", "1", "THEN", text(&generator), "ELSE",
        "a", "END", "FROM", "t",
      ]
    case 5: return trigger(number, &generator)
    case 6:
      return [
        "CREATE", "FUNCTION", "f\(number)", "(", ")", "RETURNS", "text", "LANGUAGE", "sql", "AS",
        dollar(&generator, body: "SELECT 'x;y' -- ; '"),
      ]
    case 7:
      return [
        "CREATE", "FUNCTION", "g\(number)", "(", "n", "integer", ")", "RETURNS", "integer", "LANGUAGE", "sql",
        "BEGIN", "ATOMIC",
      ]
        + [
          "SELECT", "1", ";", "SELECT", "CASE", "WHEN", "n", ">", "1", "THEN", "(", "CASE", "n", "WHEN", "2",
          "THEN", "5", "END", ")", "ELSE", "7", "END", ";", "END",
        ]
    default:
      return [
        "CREATE", "RULE", "r\(number)", "AS", "ON", "DELETE", "TO", "t", "DO", "ALSO", "(", "INSERT", "INTO",
        "log", "VALUES", "(", text(&generator), ")", ";", "DELETE", "FROM", "log", "WHERE", "a", "=",
        text(&generator), ")",
      ]
    }
  }

  private func trigger(_ number: Int, _ generator: inout SeededGenerator) -> [String] {
    switch engine {
    case .sqlite:
      return [
        "CREATE", "TRIGGER", "tr\(number)", "AFTER", "INSERT", "ON", "log", "WHEN", "new", ".", "a", "<>",
        "''", "BEGIN",
      ]
        + ["INSERT", "INTO", "t", "VALUES", "(", "\(100 + number)", ",", text(&generator), ")", ";"]
        + [
          "UPDATE", "t", "SET", "a", "=", "CASE", "WHEN", "id", ">", "100", "THEN", text(&generator), "ELSE",
          "a", "END", ";", "END",
        ]
    case .postgres:
      return ["DO", dollar(&generator, body: "BEGIN INSERT INTO log VALUES ('do;\(number)'); END;")]
    }
  }

  private func dollar(_ generator: inout SeededGenerator, body: String) -> String {
    let tag = ["", "x", "x1", "_", "é", "Begin"].randomElement(using: &generator) ?? ""
    let trap = ["", " -- $\n", "/* ' */", " -- $y$ ;\n"].randomElement(using: &generator) ?? ""
    return "$\(tag)$" + body + "\n" + trap + "$\(tag)$"
  }

  private func text(_ generator: inout SeededGenerator) -> String {
    let inner = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
      [
        "a", ";", "--", "/*", "*/", "''", "\"", "$$", "$x$", "\n", "\r\n", "é", "🦀", "  ", "BEGIN", "END;",
        "`", "[",
      ]
      .randomElement(using: &generator) ?? ""
    }.joined()
    guard engine == .postgres else { return "'\(inner)'" }
    switch Int.random(in: 0..<7, using: &generator) {
    case 0: return "E'\(inner)\\'; \\\\'"
    case 1: return "e'\(inner)\\\\'\n'\(inner)\\';'"
    case 2: return "$q1$\(inner)$q1$"
    case 3: return "U&'\(inner)\\003B'"
    case 4: return "'\(inner)\\'"
    case 5: return "'\(inner)' \n '\(inner);'"
    default: return "'\(inner)'"
    }
  }

  // MARK: Gaps

  /// The script with other white space and comments between the tokens at each call.
  func script(_ statements: Statements, _ generator: inout SeededGenerator, nestsComments: Bool = true)
    -> String
  {
    var script = ""
    for statement in statements {
      for token in statement { script += gap(&generator, nestsComments) + token }
      script += gap(&generator, nestsComments) + ";"
    }
    return script + gap(&generator, nestsComments)
  }

  private func gap(_ generator: inout SeededGenerator, _ nestsComments: Bool) -> String {
    var gaps = [
      " ", " ", " ", " ", "\n", "\r\n", "\t", "  \n  ", "/* ; */", " /* it's \" -- */ ", " -- ; it's\n",
      "--\r\n", " -- /* \n",
      "/**/", "/***/", "/* é🦀 $$ */",
    ]
    if engine == .postgres, nestsComments { gaps += [" /* a /* ; ' */ b; */ ", "/*/**/*/"] }
    // Blanks around a comment, as `-` and `--` would else grow together.
    return " " + (gaps.randomElement(using: &generator) ?? "") + " "
  }
}
