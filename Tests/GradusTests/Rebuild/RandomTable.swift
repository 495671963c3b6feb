import GradusSQL
import GradusTestSupport

/// A random `CREATE TABLE` of SQLite: odd names, all sorts of constraints, comments wherever one may be.
struct RandomTable {
  private(set) var sql = ""
  private(set) var columns: [String] = []
  let name: String
  private var random: SeededGenerator

  static let names = [
    "a", "b1", "größe", "two words", "it's", "quo\"te", "brack[et", "back`tick", "select", "check",
    "CONSTRAINT",
    "comma,", "paren)", "(open", "-- dash", "/* star", "日本", "$x", "semi;colon", "t.a", "_", "1st",
  ]

  init(_ generator: inout SeededGenerator) {
    random = generator
    name = Self.names.randomElement(using: &random)!
    columns = Array(Self.names.shuffled(using: &random).prefix(Int.random(in: 1...6, using: &random)))
    sql = "CREATE TABLE \(written(name))\(gap())("
    let isWithoutRowID = Bool.random(using: &random)
    for (index, column) in columns.enumerated() {
      sql += index == 0 ? gap() : gap() + "," + gap()
      sql += definition(column, isKey: index == 0 && isWithoutRowID)
    }
    for _ in 0..<Int.random(in: 0...3, using: &random) { sql += gap() + "," + gap() + tableConstraint() }
    sql += gap() + ")" + (isWithoutRowID ? gap() + "WITHOUT" + space() + "ROWID" : "")
    generator = random
  }

  private mutating func definition(_ column: String, isKey: Bool) -> String {
    let types = [
      "", "INT", "TEXT", "VARCHAR(10)", "DECIMAL(10, 2)", "UNSIGNED BIG INT", "\"odd type\"", "BLOB",
    ]
    var parts = [written(column), types.randomElement(using: &random)!]
    if isKey { parts.append("PRIMARY KEY") }
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let constraints = [
        "DEFAULT 'x,)'", "DEFAULT (1 + (2))", "DEFAULT -1.5e+3", "COLLATE NOCASE",
        "CHECK (\(SQLText.identifier(column)) <> ',)')", "UNIQUE", "NULL",
        "CONSTRAINT \(written(Self.names.randomElement(using: &random)!)) CHECK (1)",
        "CHECK (\(SQLText.identifier(name)).\(SQLText.identifier(column)) <> -5)",
        "REFERENCES other (x) ON DELETE SET NULL",
        "REFERENCES \(written(name)) DEFERRABLE INITIALLY DEFERRED",
      ]
      parts.append(constraints.randomElement(using: &random)!)
    }
    return parts.filter { !$0.isEmpty }.joined(separator: space())
  }

  private mutating func tableConstraint() -> String {
    let column = SQLText.identifier(columns.randomElement(using: &random)!)
    return [
      "UNIQUE (\(column))", "CHECK (\(column) IS NOT 7 OR ('(' = ')'))",
      "CONSTRAINT \"k, (\" CHECK (length(\(column)) <> 99)", "FOREIGN KEY (\(column)) REFERENCES other (x)",
    ].randomElement(using: &random)!
  }

  /// A name in quotes of some sort, or without where that is possible.
  private mutating func written(_ name: String) -> String {
    var ways = [SQLText.identifier(name), SQLText.literal(name), "`" + name.replacing("`", with: "``") + "`"]
    if !name.contains("]") { ways.append("[\(name)]") }
    if ["a", "b1", "größe", "日本", "_"].contains(name) { ways.append(name) }
    return ways.randomElement(using: &random)!
  }

  /// What may be between two tokens that need nothing between them.
  private mutating func gap() -> String { Bool.random(using: &random) ? "" : space() }

  private mutating func space() -> String {
    [" ", "\n  ", "\t", " -- it's a comment, (\n", " /* another ) , */ ", "\r\n"].randomElement(
      using: &random)!
  }
}
