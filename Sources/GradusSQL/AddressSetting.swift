import Foundation

/// A setting of PostgreSQL's that an address gives to all of its sessions.
package enum AddressSetting {
  /// What to write into an address. Its two forms take it differently, and neither takes what the other does.
  ///
  /// - Parameters:
  ///   - name: the setting.
  ///   - value: its value.
  package static func advice(_ name: String, _ value: String) -> String {
    var option = "-c\(name)="
    for scalar in value.unicodeScalars {
      // The server parts options at white space.
      if scalar == "\\" || scalar.properties.isWhitespace { option.unicodeScalars.append("\\") }
      option.unicodeScalars.append(scalar)
    }
    let encoded = option.addingPercentEncoding(withAllowedCharacters: unreserved) ?? option
    let quoted = option.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
    return "options=\(encoded) in a URL, options='\(quoted)' in a conninfo string"
  }

  private static let unreserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
}
