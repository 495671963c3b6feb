import GradusSQL

/// A statement of a script with all that is known of it from its text.
package struct AnalyzedStatement: Sendable {
  package var text: String
  package var effect: StatementEffect
  package var actions: [StatementAction]
  /// The tables that it reads or is about; of INSERT only those that it reads.
  package var sources: Set<String>
  /// The names that are longer than PostgreSQL keeps, as it cuts them.
  package var cutNames: [String]
  /// Whether it gives something another name.
  package var isRename: Bool

  package init(
    effect: StatementEffect, actions: [StatementAction], sources: Set<String> = [], cutNames: [String] = [],
    isRename: Bool = false
  ) {
    text = effect.statement
    self.effect = effect
    self.actions = actions
    self.sources = sources
    self.cutNames = cutNames
    self.isRename = isRename
  }

  /// All of a script that cannot be taken apart.
  package init(whole script: String) {
    self.init(
      effect: StatementEffect(
        statement: script, position: SourcePosition(line: 1, column: 1), locks: [], scans: false), actions: []
    )
  }
}
