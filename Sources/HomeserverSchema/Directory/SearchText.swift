import Foundation

/// What of a name is searched: lower case by Unicode's full mapping, then normalisation form KC.
enum SearchText {
  /// - Parameter name: a display name, or what is searched for.
  static func normalized(_ name: String) -> String {
    // Most names: what is left to do is nothing for either step.
    if name.utf8.allSatisfy({ $0 < 0x80 }) { return name.lowercased() }
    return lowercased(name).precomposedStringWithCompatibilityMapping
  }

  /// The standard library maps each scalar by itself, which is right for all but one: a capital sigma at a word's end.
  private static func lowercased(_ text: String) -> String {
    guard text.unicodeScalars.contains(sigma) else { return text.lowercased() }
    let scalars = Array(text.unicodeScalars)
    var result = ""
    for (index, scalar) in scalars.enumerated() {
      if scalar == sigma {
        let isFinal = isCased(scalars[..<index].reversed()) && !isCased(scalars[(index + 1)...])
        result.unicodeScalars.append(isFinal ? "\u{3C2}" : "\u{3C3}")
      } else {
        result += scalar.properties.lowercaseMapping
      }
    }
    return result
  }

  private static let sigma: Unicode.Scalar = "\u{3A3}"

  /// Whether the first scalar that counts for letters' case is cased.
  private static func isCased(_ scalars: some Sequence<Unicode.Scalar>) -> Bool {
    scalars.first { !$0.properties.isCaseIgnorable }?.properties.isCased ?? false
  }
}
