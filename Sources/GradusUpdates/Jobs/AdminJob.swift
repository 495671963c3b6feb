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
  /// The rows to queue, by the values of all parameters. The database's unique key decides whether they are queued
  /// already.
  public var rows: @Sendable ([String: AdminJobValue]) -> [AdminJobRow]

  /// - Parameters:
  ///   - name: its name in the admin API.
  ///   - description: one sentence for operators.
  ///   - parameters: what it takes.
  ///   - rows: the rows to queue, by the values of all parameters; null for those that were left out.
  public init(
    name: String, description: String, parameters: [AdminJobParameter] = [],
    rows: @escaping @Sendable ([String: AdminJobValue]) -> [AdminJobRow]
  ) {
    self.name = name
    self.description = description
    self.parameters = parameters
    self.rows = rows
  }
}
