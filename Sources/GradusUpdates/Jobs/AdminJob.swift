/// Work that operators start by its name: rows for the queue of background updates, made from parameters.
///
///     AdminJob(name: "recount", description: "Counts everything anew.") { _ in [AdminJobRow("recount")] }
public struct AdminJob: Sendable {
  /// Its name in the admin API.
  public var name: String
  /// One sentence for operators.
  public var description: String
  /// What it takes.
  public var parameters: [AdminJobParameter]
  /// Whether the routes of the original admin API start it, too: what that API does not have, its clients must not find.
  public var isOfOriginal: Bool
  /// The rows to queue, by the values of all parameters. The database's unique key decides whether they are queued
  /// already.
  public var rows: @Sendable ([String: AdminJobValue]) -> [AdminJobRow]

  /// - Parameters:
  ///   - name: its name in the admin API.
  ///   - description: one sentence for operators.
  ///   - parameters: what it takes.
  ///   - isOfOriginal: whether the routes of the original admin API start it, too.
  ///   - rows: the rows to queue, by the values of all parameters; null for those that were left out.
  public init(
    name: String, description: String, parameters: [AdminJobParameter] = [], isOfOriginal: Bool = true,
    rows: @escaping @Sendable ([String: AdminJobValue]) -> [AdminJobRow]
  ) {
    self.name = name
    self.description = description
    self.parameters = parameters
    self.isOfOriginal = isOfOriginal
    self.rows = rows
  }
}
