import Foundation

/// Rows left out for bad data, counted by reason, as they are stored.
extension [String: Int] {
  /// Nothing where the text is not of that form.
  init(skippedJSON json: String) {
    let counts = try? JSONDecoder().decode([String: Int].self, from: Data(json.utf8))
    self = (counts ?? [:]).mapValues { BatchCount.number(Int64($0)) }
  }

  var skippedJSON: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
