import Foundation

/// A list of names that came out of a query as a JSON array.
enum NameList {
  static func parse(_ json: String) -> [String] {
    (try? JSONDecoder().decode([String].self, from: Data(json.utf8))) ?? []
  }
}
