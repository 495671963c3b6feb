/// What an application decides about background updates: when an iteration may begin and how long it should take.
///
/// The semantics are those of the homeserver's module callbacks for background updates.
public struct ControllerCallbacks: Sendable {
  /// Gives the scope of the next iteration.
  ///
  /// - Parameters:
  ///   - updateName: the update.
  ///   - databaseName: the physical database's name in the configuration.
  ///   - oneShot: whether the update does all its work in one iteration, so that a target duration means nothing to it.
  public typealias OnUpdate =
    @Sendable (_ updateName: String, _ databaseName: String, _ oneShot: Bool) -> any UpdateScope

  /// Gives a number of rows for an update on a database.
  public typealias BatchSize = @Sendable (_ updateName: String, _ databaseName: String) async throws -> Int

  /// Called before each iteration.
  public var onUpdate: OnUpdate
  /// The size of a first batch; nil leaves it to the options.
  public var defaultBatchSize: BatchSize?
  /// The size below which no batch falls, at least 1; nil leaves it to the options.
  public var minBatchSize: BatchSize?

  /// - Parameters:
  ///   - onUpdate: called before each iteration.
  ///   - defaultBatchSize: the size of a first batch.
  ///   - minBatchSize: the size below which no batch falls.
  public init(
    onUpdate: @escaping OnUpdate, defaultBatchSize: BatchSize? = nil, minBatchSize: BatchSize? = nil
  ) {
    self.onUpdate = onUpdate
    self.defaultBatchSize = defaultBatchSize
    self.minBatchSize = minBatchSize
  }
}
