import Synchronization

/// Notes the statements that go through a `RecordingDriver`, each once, with the types of its parameters.
///
/// An application's own tests run with such a driver give the queries that a release commits, so that later schemas can
/// be checked against them.
public final class QueryRecorder: Sendable {
  /// A statement that was run.
  public struct Query: Sendable, Hashable {
    /// The engine on which it was run.
    public var engine: Engine
    /// The SQL.
    public var sql: String
    /// The types of its parameters as PostgreSQL names them; nil where only NULL was passed.
    public var types: [String?]

    /// - Parameters:
    ///   - engine: the engine on which it was run.
    ///   - sql: the SQL.
    ///   - types: the types of its parameters.
    public init(engine: Engine, sql: String, types: [String?]) {
      self.engine = engine
      self.sql = sql
      self.types = types
    }
  }

  private struct Key: Hashable {
    var engine: Engine
    var sql: BytewiseText
  }

  private struct State {
    var types: [Key: [String?]] = [:]
    var order: [Key] = []
  }

  private let state = Mutex(State())

  /// Nothing is noted yet.
  public init() {}

  /// The statements so far, in the order of their first use.
  public var queries: [Query] {
    state.withLock { state in
      state.order.map { Query(engine: $0.engine, sql: $0.sql.text, types: state.types[$0] ?? []) }
    }
  }

  func note(_ sql: String, _ parameters: [SQLValue], on engine: Engine) {
    let types = parameters.map(\.postgresType)
    let key = Key(engine: engine, sql: BytewiseText(sql))
    state.withLock { state in
      guard let known = state.types[key] else {
        state.types[key] = types
        state.order.append(key)
        return
      }
      state.types[key] = zip(known, types).map { $0 ?? $1 }
    }
  }
}

extension SQLValue {
  /// The type that holds the value; nil for NULL.
  fileprivate var postgresType: String? {
    switch self {
    case .null: nil
    case .integer: "bigint"
    case .double: "double precision"
    case .text: "text"
    case .blob: "bytea"
    case .boolean: "boolean"
    case .textArray: "text[]"
    case .integerArray: "bigint[]"
    case .booleanArray: "boolean[]"
    }
  }
}
