import GradusSQL

/// A column or an expression of an index, as a flag gives it.
enum IndexColumn {
  /// It as SQL: a name that would be none without quotes gets them.
  static func sql(_ text: String) -> String {
    let words = text.split(separator: " ")
    let isName = text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == " " }
    guard isName, !words.dropFirst().contains(where: isModifier) else { return text }
    let isPlain = text.wholeMatch(of: #/[a-z_][a-z0-9_]*/#) != nil && !reserved.contains(text)
    return isPlain ? text : SQLText.identifier(text)
  }

  /// Whether it says how a column is sorted, and is no part of its name.
  private static func isModifier(_ word: Substring) -> Bool {
    ["asc", "desc", "nulls", "collate"].contains(word.lowercased()) || word.hasSuffix("_ops")
  }

  /// What one of the engines takes for no name. To quote one too many does no harm.
  private static let reserved = Set(
    """
    add all alter analyse analyze and any array as asc asymmetric authorization autoincrement between binary both case \
    cast check collate column commit concurrently constraint create cross current_catalog current_date current_role \
    current_schema current_time current_timestamp current_user default deferrable delete desc distinct do drop else end \
    escape except exists false fetch for foreign freeze from full glob grant group having if ilike in index initially \
    inner insert intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not \
    nothing notnull null offset on only or order outer overlaps placing primary references returning right select \
    session_user set similar some symmetric system_user table tablesample then to trailing transaction true union unique \
    update user using values variadic verbose when where window with
    """.split(separator: " ").map(String.init))
}
