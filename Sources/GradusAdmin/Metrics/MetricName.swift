/// Names and texts by the rules of Prometheus's text format 0.0.4.
package enum MetricName {
  /// A name of a metric; characters that it cannot hold become underscores.
  package static func metric(_ name: String) -> String { cleaned(name, allowsColon: true) }

  /// A name of a label.
  package static func label(_ name: String) -> String { cleaned(name, allowsColon: false) }

  private static func cleaned(_ name: String, allowsColon: Bool) -> String {
    var cleaned = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "_", "0"..."9": cleaned.unicodeScalars.append(scalar)
      case ":" where allowsColon: cleaned.unicodeScalars.append(scalar)
      default: cleaned += "_"
      }
    }
    return cleaned.isEmpty || cleaned.first!.isNumber ? "_" + cleaned : cleaned
  }

  /// The text between the quotes of a label's value.
  package static func escapedValue(_ value: String) -> String { escaped(value, ["\\", "\n", "\""]) }

  /// The text of a HELP line.
  package static func escapedHelp(_ help: String) -> String { escaped(help, ["\\", "\n"]) }

  /// By scalars: together with what follows it a quote may be one character, and another one.
  private static func escaped(_ text: String, _ special: Set<Unicode.Scalar>) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if special.contains(scalar) { escaped.append("\\") }
      escaped.append(special.contains(scalar) && scalar == "\n" ? "n" : scalar)
    }
    return String(escaped)
  }

  /// A sample's value.
  package static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }
}
