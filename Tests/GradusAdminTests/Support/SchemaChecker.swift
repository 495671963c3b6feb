import Foundation
import GradusAdmin

/// Checks JSON against the schemas of openapi.json, as far as they go: a keyword that is not known here is a failure.
struct SchemaChecker {
  let document: [String: Any]

  init() throws {
    document =
      try JSONSerialization.jsonObject(with: Data(EmbeddedDocument.openAPI)) as? [String: Any] ?? [:]
  }

  var paths: [String: [String: [String: Any]]] {
    document["paths"] as? [String: [String: [String: Any]]] ?? [:]
  }

  private var schemas: [String: [String: Any]] {
    (document["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]] ?? [:]
  }

  /// The schema of a response; nil where the document does not have it.
  func response(_ path: String, _ method: String, _ status: Int) -> [String: Any]? {
    let responses = paths[path]?[method]?["responses"] as? [String: [String: Any]]
    let content = responses?["\(status)"]?["content"] as? [String: [String: Any]]
    return content?.values.first?["schema"] as? [String: Any]
  }

  private static let keywords: Set = [
    "type", "description", "const", "enum", "properties", "required", "additionalProperties", "items", "$ref",
    "minimum", "maximum", "format", "default",
  ]

  /// What is wrong with a value.
  func problems(_ value: Any, _ schema: [String: Any], at path: String = "$") -> [String] {
    if let unknown = schema.keys.first(where: { !Self.keywords.contains($0) }) {
      return ["\(path): unknown keyword \(unknown)"]
    }
    if let reference = schema["$ref"] as? String {
      guard let target = schemas[String(reference.split(separator: "/").last ?? "")] else {
        return ["\(path): nothing at \(reference)"]
      }
      return problems(value, target, at: path)
    }
    var problems: [String] = []
    let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map { [$0] } ?? []
    if !types.isEmpty, !types.contains(where: { Self.isOf($0, value) }) {
      problems.append("\(path): is no \(types.joined(separator: " or "))")
    }
    if let values = schema["enum"] as? [String], !values.contains(value as? String ?? "") {
      problems.append("\(path): none of \(values)")
    }
    if let constant = schema["const"], "\(constant)" != "\(value)" {
      problems.append("\(path): not \(constant)")
    }
    if let number = value as? Double {
      if let least = schema["minimum"] as? Double, number < least {
        problems.append("\(path): below \(least)")
      }
      if let most = schema["maximum"] as? Double, number > most { problems.append("\(path): above \(most)") }
    }
    if let object = value as? [String: Any] { problems += check(object, schema, path) }
    if let array = value as? [Any], let items = schema["items"] as? [String: Any] {
      for (index, item) in array.enumerated() {
        problems += self.problems(item, items, at: "\(path)[\(index)]")
      }
    }
    return problems
  }

  private func check(_ object: [String: Any], _ schema: [String: Any], _ path: String) -> [String] {
    var problems: [String] = []
    let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
    for key in schema["required"] as? [String] ?? [] where object[key] == nil {
      problems.append("\(path).\(key): is missing")
    }
    for (key, value) in object {
      if let property = properties[key] {
        problems += self.problems(value, property, at: "\(path).\(key)")
      } else if let others = schema["additionalProperties"] as? [String: Any] {
        problems += self.problems(value, others, at: "\(path).\(key)")
      } else if schema["additionalProperties"] as? Bool == false {
        problems.append("\(path).\(key): is not known")
      }
    }
    return problems
  }

  private static func isOf(_ type: String, _ value: Any) -> Bool {
    // JSONSerialization makes numbers of truth values: their text tells them apart.
    let isBoolean = (value as? NSNumber).map { Self.objCType($0) == "c" } ?? false
    return switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "boolean": isBoolean
    case "null": value is NSNull
    case "integer":
      !isBoolean && (value as? NSNumber).map { $0.doubleValue == $0.doubleValue.rounded() } ?? false
    case "number": !isBoolean && value is NSNumber
    default: false
    }
  }

  private static func objCType(_ number: NSNumber) -> String { String(cString: number.objCType) }
}
