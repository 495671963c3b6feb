import Gradus
import GradusSQL

/// A declared script, run once.
struct ScriptWork: UpdateWork {
  let name: String
  let sql: UpdateDeclaration.EngineSQL

  var isOneShot: Bool { true }
  var mayChangeSettings: Bool { sql.byEngine.values.contains(where: SettingWords.mayChangeSettings) }

  func runBatch(_ progress: String, size: Int, on connection: Connection) throws -> BatchResult<String> {
    guard let script = sql.byEngine[connection.engine] else { throw UpdateFailure.missingSQL(update: name) }
    try connection.executeScript(script)
    return BatchResult(next: nil, scanned: 1, written: 1)
  }

  func verify(_ progress: String, on connection: Connection) throws -> Verification {
    .passed("the script ran to its end")
  }
}
