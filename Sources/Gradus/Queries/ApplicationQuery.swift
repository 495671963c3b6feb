package import GradusSQL

/// A statement that a version of an application runs.
package struct ApplicationQuery: Sendable, Hashable {
  /// Its name, which no other of the version has on the same engine.
  package var name: String
  /// Its parameters, in order.
  package var parameters: [Parameter]
  /// The engines on which it is run.
  package var engines: Set<Engine>
  /// The SQL, with parameters `$1`, `$2`, ...
  package var sql: String
  /// The file that holds it.
  package var file: String
  /// The line of its header.
  package var line: Int

  /// - Parameters:
  ///   - name: its name, of letters, digits and underscores.
  ///   - parameters: its parameters, in order.
  ///   - engines: the engines on which it is run.
  ///   - sql: the SQL.
  ///   - file: the file that holds it.
  ///   - line: the line of its header.
  package init(
    name: String, parameters: [Parameter] = [], engines: Set<Engine> = Set(Engine.allCases), sql: String,
    file: String = "", line: Int = 0
  ) {
    self.name = name
    self.parameters = parameters
    self.engines = engines
    self.sql = sql
    self.file = file
    self.line = line
  }

  /// A parameter.
  package struct Parameter: Sendable, Hashable {
    /// What it is for; nil where nobody has said so.
    package var name: String?
    /// Its type as PostgreSQL names it, on both engines.
    package var type: String
    /// Whether the application ever passes NULL.
    package var isNullable: Bool
    /// All values that it ever passes; nil for any.
    package var values: [String]?

    /// - Parameters:
    ///   - name: what it is for.
    ///   - type: its type as PostgreSQL names it.
    ///   - isNullable: whether the application ever passes NULL.
    ///   - values: all values that it ever passes.
    package init(name: String? = nil, type: String, isNullable: Bool = true, values: [String]? = nil) {
      self.name = name
      self.type = type
      self.isNullable = isNullable
      self.values = values
    }
  }

  /// Whether it may change rows.
  package var writes: Bool { sql.contains(Self.writingVerb) }

  /// Compiled once, as a literal in a function would be at each use. A Regex never changes.
  nonisolated(unsafe) private static let writingVerb = #/(?i)\b(insert|update|delete|replace|merge)\b/#
}
