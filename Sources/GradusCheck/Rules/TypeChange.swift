import GradusSQL

/// Whether a type holds more, less or something else than another.
enum TypeChange: Hashable {
  /// Every value of the old one fits, and there are new ones.
  case widens
  /// Some values of the old one do not fit, or are taken otherwise.
  case narrows
  /// The same values.
  case same

  /// - Parameters:
  ///   - old: the old type as the engine writes it.
  ///   - new: the new one.
  init(from old: String, to new: String, on engine: Engine) {
    switch engine {
    case .sqlite: self = Self.affinity(old) == Self.affinity(new) ? .same : .narrows
    case .postgres: self = Self.postgres(old, new)
    }
  }

  private static func postgres(_ old: String, _ new: String) -> TypeChange {
    if old == new { return .same }
    // Elements of arrays.
    if old.hasSuffix("[]"), new.hasSuffix("[]") {
      return postgres(String(old.dropLast(2)), String(new.dropLast(2)))
    }
    let (first, second) = (TypeName(old), TypeName(new))
    let integers = ["smallint", "integer", "bigint"]
    if let from = integers.firstIndex(of: first.name), let to = integers.firstIndex(of: second.name) {
      return from < to ? .widens : .narrows
    }
    if integers.contains(first.name), second.name == "numeric", second.arguments.isEmpty { return .widens }
    if first.name == "real", second.name == "double precision" { return .widens }
    let texts = ["character varying", "text"]
    if texts.contains(first.name), texts.contains(second.name) {
      return length(first) <= length(second) ? (length(first) == length(second) ? .same : .widens) : .narrows
    }
    if first.name == "numeric", second.name == "numeric" { return numeric(first.arguments, second.arguments) }
    let times = [
      "timestamp without time zone", "time without time zone", "timestamp with time zone", "bit varying",
    ]
    if first.name == second.name, times.contains(first.name) {
      return length(first) < length(second) ? .widens : .narrows
    }
    return .narrows
  }

  private static func length(_ type: TypeName) -> Int { type.arguments.first ?? .max }

  /// Digits before and behind the point.
  private static func numeric(_ old: [Int], _ new: [Int]) -> TypeChange {
    guard !new.isEmpty else { return .widens }
    guard !old.isEmpty else { return .narrows }
    let (scale, newScale) = (old.count > 1 ? old[1] : 0, new.count > 1 ? new[1] : 0)
    return newScale >= scale && new[0] - newScale >= old[0] - scale ? .widens : .narrows
  }

  /// What SQLite makes of a declared type (its manual, "Determination Of Column Affinity").
  private static func affinity(_ type: String) -> String {
    let type = type.uppercased()
    if type.contains("INT") { return "integer" }
    if ["CHAR", "CLOB", "TEXT"].contains(where: type.contains) { return "text" }
    if type.contains("BLOB") || type.isEmpty { return "blob" }
    return ["REAL", "FLOA", "DOUB"].contains(where: type.contains) ? "real" : "numeric"
  }
}

/// A type of PostgreSQL's as `format_type` writes it, taken apart: `numeric(10,2)`, `timestamp(3) without time zone`.
private struct TypeName {
  var name: String
  var arguments: [Int]

  init(_ text: String) {
    guard let open = text.firstIndex(of: "("), let close = text.firstIndex(of: ")") else {
      (name, arguments) = (text, [])
      return
    }
    name = String(text[..<open]) + String(text[text.index(after: close)...])
    arguments = text[text.index(after: open)..<close].split(separator: ",").compactMap { Int($0) }
  }
}
