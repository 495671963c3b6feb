import GradusCheck

/// Findings in SARIF 2.1.0 (OASIS), as code hosts show them beside the lines.
struct SARIFDocument: Encodable {
  struct Text: Encodable { var text: String }
  struct Rule: Encodable {
    var id: String
    var shortDescription: Text
    var fullDescription: Text
    var help: Text
  }
  struct Driver: Encodable {
    var name: String
    var rules: [Rule]
  }
  struct Tool: Encodable { var driver: Driver }
  struct Artifact: Encodable { var uri: String }
  struct Region: Encodable {
    var startLine: Int
    var startColumn: Int
  }
  struct PhysicalLocation: Encodable {
    var artifactLocation: Artifact
    var region: Region
  }
  struct Location: Encodable { var physicalLocation: PhysicalLocation }
  struct Result: Encodable {
    var ruleId: String
    var level: String
    var message: Text
    var locations: [Location]
  }
  struct Run: Encodable {
    var tool: Tool
    /// What columns count.
    var columnKind = "unicodeCodePoints"
    var results: [Result]
  }

  var version = "2.1.0"
  var schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
  var runs: [Run]

  init(_ findings: [Finding], program: String, places: SARIFPlaces) {
    let rules = GradusCheck.Rule.all.map {
      Rule(
        id: $0.id, shortDescription: Text(text: $0.title), fullDescription: Text(text: $0.reason),
        help: Text(text: $0.fix))
    }
    let results = findings.map { finding in
      Result(
        ruleId: finding.rule, level: finding.severity.rawValue,
        message: Text(text: "\(finding.message). \(finding.fix)"),
        locations: [Location(physicalLocation: Self.location(of: finding, places))])
    }
    runs = [Run(tool: Tool(driver: Driver(name: program, rules: rules)), results: results)]
  }

  /// Every result has a place, and that a line: code hosts refuse a whole document with one that has none. What is about the
  /// whole schema, or about a file that the checkout does not have, stands at the top of the ledger.
  private static func location(of finding: Finding, _ places: SARIFPlaces) -> PhysicalLocation {
    let uri = finding.file.flatMap(places.uri)
    let position = uri == nil ? nil : finding.position
    return PhysicalLocation(
      artifactLocation: Artifact(uri: uri ?? places.ledger),
      region: Region(startLine: position?.line ?? 1, startColumn: position?.column ?? 1))
  }

  enum CodingKeys: String, CodingKey {
    case version, runs
    case schema = "$schema"
  }
}
