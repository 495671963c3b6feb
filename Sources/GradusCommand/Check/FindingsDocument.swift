import GradusCheck
import GradusSQL

/// The JSON that `check` writes.
struct FindingsDocument: Encodable {
  struct Item: Encodable {
    var rule: String
    var severity: String
    var message: String
    var fix: String
    var file: String?
    var line: Int?
    var column: Int?
    var statement: String?
    var engines: [String]
  }

  var format = 1
  var findings: [Item]
  /// What could not be tried as it should.
  var notes: [String]

  init(_ findings: [Finding], notes: [String] = []) {
    self.notes = notes
    self.findings = findings.map { finding in
      Item(
        rule: finding.rule, severity: finding.severity.rawValue, message: finding.message, fix: finding.fix,
        file: finding.file, line: finding.position?.line, column: finding.position?.column,
        statement: finding.statement.map(SQLError.shortened),
        engines: finding.engines.map(\.rawValue).sorted())
    }
  }
}
