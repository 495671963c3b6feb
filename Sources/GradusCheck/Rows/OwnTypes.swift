import GradusCatalog
import GradusSQL

/// The types that a schema of PostgreSQL's has made itself.
struct OwnTypes: Sendable {
  private var enumerations: [String: [String]] = [:]
  /// Domains, composite types and range types.
  private var others: [String: CatalogObject] = [:]

  // Parsed once: columns are many. A Regex never changes.
  nonisolated(unsafe) private static let domainBase = #/(?s) AS (.+?)(?: COLLATE | DEFAULT |\n|$)/#
  nonisolated(unsafe) private static let rangeSubtype = #/\(SUBTYPE = (.+?), SUBTYPE_OPCLASS/#

  /// None.
  init() {}

  init(_ catalog: Catalog) {
    enumerations = catalog.enumerations
    for object in catalog.objects.values where [.domain, .compositeType, .rangeType].contains(object.kind) {
      others[object.name] = object
    }
  }

  /// What sort of values a type holds; nil where it is none of these.
  func kind(_ type: String) -> ValueKind? {
    if let values = find(type, in: enumerations) { return values.isEmpty ? nil : .enumeration(values) }
    guard let object = find(type, in: others) else { return nil }
    switch object.kind {
    case .domain:
      return object.definition.firstMatch(of: Self.domainBase).flatMap {
        ValueKind(postgres: String($0.1), self)
      }
    case .rangeType:
      return object.definition.firstMatch(of: Self.rangeSubtype).flatMap {
        ValueKind(postgres: String($0.1), self).map { ValueKind.range($0) }
      }
    // A row of NULLs is a value.
    case .compositeType:
      let commas = Self.fields(of: object.definition) - 1
      return .pattern("(\(String(repeating: ",", count: commas)))")
    default: return nil
    }
  }

  /// What makes a domain, as SQL; nil where the type is none.
  func domain(_ type: String) -> String? {
    find(type, in: others).flatMap { $0.kind == .domain ? $0.definition : nil }
  }

  /// Of a name as SQL has it, in quotes where it needs them, with a collation perhaps.
  private func find<Value>(_ type: String, in values: [String: Value]) -> Value? {
    let name = type.split(separator: " collate ").first.map(String.init) ?? type
    guard name.hasPrefix("\"") else { return values[name] ?? values[name.lowercased()] }
    return values[SQLText.unquoted(name)]
  }

  /// How many fields a composite type has, at least one: by the commas between them.
  private static func fields(of definition: String) -> Int {
    var (count, depth, isQuoted) = (1, 0, false)
    for character in definition {
      switch character {
      case "\"": isQuoted.toggle()
      case _ where isQuoted: break
      case "(": depth += 1
      case ")": depth -= 1
      case "," where depth == 1: count += 1
      default: break
      }
    }
    return count
  }
}
