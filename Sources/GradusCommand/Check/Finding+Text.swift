import GradusCheck
import GradusSQL

extension Finding {
  /// For people: place, rule, what and what to do.
  var text: String {
    let place = file.map { file in file + (position.map { ":\($0.line):\($0.column)" } ?? "") + ": " } ?? ""
    let on = engines.count == 1 ? engines.first.map { " (on \($0))" } ?? "" : ""
    var lines = ["\(place)\(severity.rawValue) \(rule): \(message)\(on)"]
    if let statement { lines.append("    \(SQLError.shortened(statement))") }
    lines.append("    \(fix)")
    return lines.joined(separator: "\n")
  }
}
