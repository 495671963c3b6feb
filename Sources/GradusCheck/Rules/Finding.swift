import Gradus
package import GradusSQL

/// Something that a rule has found.
package struct Finding: Sendable, Hashable {
  /// The rule's identifier.
  package var rule: String
  /// How bad it is.
  package var severity: Rule.Severity
  /// What was found, in a sentence.
  package var message: String
  /// What to do.
  package var fix: String
  /// The file; nil where it is about the whole schema.
  package var file: String?
  /// Where in the file; nil where that is not known.
  package var position: SourcePosition?
  /// The statement.
  package var statement: String?
  /// The engines on which it was found.
  package var engines: Set<Engine> = []
  /// Another file that has to do with it.
  package var cause: String?

  package init(
    _ rule: Rule, _ message: String, fix: String? = nil, file: String? = nil, position: SourcePosition? = nil,
    statement: String? = nil, engines: Set<Engine> = [], cause: String? = nil
  ) {
    self.rule = rule.id
    severity = rule.severity
    self.message = message
    self.fix = fix ?? rule.fix
    self.file = file
    self.position = position
    self.statement = statement
    self.engines = engines
    self.cause = cause
  }
}
