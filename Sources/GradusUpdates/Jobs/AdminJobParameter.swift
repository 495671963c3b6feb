/// Something that a job takes.
public struct AdminJobParameter: Sendable, Hashable {
  /// Kinds of values.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// A text, without U+0000.
    case string
    /// A whole number of 64 bits.
    case integer
  }

  /// Its name in the request's body.
  public var name: String
  /// The kind of its value.
  public var type: Kind
  /// Whether null, or leaving it out, will do.
  public var isNullable: Bool
  /// One sentence for operators.
  public var description: String

  /// - Parameters:
  ///   - name: its name in the request's body.
  ///   - type: the kind of its value.
  ///   - isNullable: whether null, or leaving it out, will do.
  ///   - description: one sentence for operators.
  public init(_ name: String, _ type: Kind, isNullable: Bool = true, description: String = "") {
    self.name = name
    self.type = type
    self.isNullable = isNullable
    self.description = description
  }
}
