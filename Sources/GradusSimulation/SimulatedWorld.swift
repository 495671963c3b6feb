/// A database with the processes that work on it, on which a history is played.
public protocol SimulatedWorld: Sendable {
  /// Something that happens. It must mean the same each time it is played, also where steps before it are left out.
  associatedtype Step: Sendable, CustomStringConvertible

  /// Plays a step and checks what is promised after it.
  ///
  /// - Throws: `BrokenPromise` where it does not hold; anything else is a failure of the simulation itself.
  func play(_ step: Step) async throws

  /// Checks what is promised at the end of a history.
  ///
  /// - Throws: as `play`.
  func finish() async throws

  /// Removes the database.
  func remove() async
}

/// A promise that does not hold, with what was found.
public struct BrokenPromise: Error, CustomStringConvertible {
  /// What was found.
  public var description: String

  /// - Parameter description: what was found.
  public init(_ description: String) { self.description = description }
}
