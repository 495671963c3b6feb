/// A statement of a script failed.
public struct ScriptError: Error, Sendable {
  /// The error; its `position` is within the script.
  public var error: SQLError
  /// Which statement of the script, from 1.
  public var ordinal: Int

  /// - Parameters:
  ///   - error: the error, with its position within the script.
  ///   - ordinal: which statement, from 1.
  public init(error: SQLError, ordinal: Int) {
    self.error = error
    self.ordinal = ordinal
  }
}

extension ScriptError: CustomStringConvertible {
  /// The error's own.
  public var description: String { error.description }
}
