/// Writes names and constants into SQL, for what cannot be a parameter.
public enum SQLText {
  /// A quoted identifier.
  public static func identifier(_ name: String) -> String {
    "\"" + name.replacing("\"", with: "\"\"") + "\""
  }

  /// Quoted identifiers, separated by commas.
  public static func identifiers(_ names: [String], alias: String? = nil) -> String {
    names.map { (alias.map { identifier($0) + "." } ?? "") + identifier($0) }.joined(separator: ", ")
  }

  /// A quoted text constant.
  public static func literal(_ text: String) -> String {
    "'" + text.replacing("'", with: "''") + "'"
  }
}
