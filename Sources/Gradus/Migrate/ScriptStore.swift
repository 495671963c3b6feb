import GradusSQL
import Synchronization

/// The scripts that a migration has read, so that each is read once between the first look at it and its run. It is also
/// the very text that was looked at which is run.
///
/// A homeserver's deltas and full schema are some hundred kilobytes. What exceeds the limit is read again at each use.
package final class ScriptStore: Sendable {
  private struct Entry {
    let script: DeltaScript
    /// Whether the engine has found no fault in it.
    var isChecked = false
  }

  private struct Key: Hashable {
    let path: String
    let engine: Engine
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    /// How many more bytes are kept.
    var room: Int
  }

  private let state: Mutex<State>

  /// - Parameter limit: how many bytes of SQL are kept.
  package init(limit: Int = 16 << 20) { state = Mutex(State(room: limit)) }

  /// - Throws: `GradusError` where the file cannot be read, holds a directive that does nothing, or what the engine would
  ///   take for something else than is meant.
  func script(of file: SchemaFile, for engine: Engine) throws -> DeltaScript {
    let key = Key(path: file.path, engine: engine)
    if let entry = state.withLock({ $0.entries[key] }) { return entry.script }
    let script = try DeltaScript(file, engine: engine)
    // PostgreSQL tells by itself.
    if engine == .sqlite { try ScriptFaults(script, of: file).check() }
    let size = script.sql.utf8.count
    state.withLock { state in
      guard size <= state.room, state.entries[key] == nil else { return }
      state.entries[key] = Entry(script: script)
      state.room -= size
    }
    return script
  }

  /// Whether the script that is kept of a file has been found to be without fault.
  func isChecked(_ file: SchemaFile, for engine: Engine) -> Bool {
    state.withLock { $0.entries[Key(path: file.path, engine: engine)]?.isChecked ?? false }
  }

  /// Notes that the engine has found no fault in these files' scripts.
  func setChecked(_ files: [SchemaFile], for engine: Engine) {
    state.withLock { state in
      for file in files { state.entries[Key(path: file.path, engine: engine)]?.isChecked = true }
    }
  }
}
