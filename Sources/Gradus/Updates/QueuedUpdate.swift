/// A row of the queue of background updates, `background_updates`.
public struct QueuedUpdate: Sendable, Hashable {
  /// The update's name.
  public var name: String
  /// How far it came, as JSON.
  public var progress: String
  /// The update that must be complete first; nil or empty means none.
  public var dependsOn: String?
  /// Lower goes first; then by name.
  public var ordering: Int

  /// - Parameters:
  ///   - name: the update's name.
  ///   - progress: how far it came, as JSON.
  ///   - dependsOn: the update that must be complete first.
  ///   - ordering: lower goes first.
  public init(name: String, progress: String = "{}", dependsOn: String? = nil, ordering: Int = 0) {
    self.name = name
    self.progress = progress
    self.dependsOn = dependsOn.flatMap { $0.isEmpty ? nil : $0 }
    self.ordering = ordering
  }
}
