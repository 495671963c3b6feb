package import GradusSQL

/// The SQL of a file as an engine will get it.
package enum DeltaSQL {
  /// The text with its placeholder replaced.
  package static func text(of file: SchemaFile, on engine: Engine) throws -> String {
    try DeltaScript(file, engine: engine).sql
  }
}
