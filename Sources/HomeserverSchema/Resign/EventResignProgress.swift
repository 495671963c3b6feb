import GradusJSON
public import GradusUpdates

/// How far `EventResignUpdate` came, and what it was asked for.
public struct EventResignProgress: UpdateProgress, Equatable {
  /// The position of the last event looked at; nil before the first batch.
  public var lastPosition: Int64?
  /// The key that must have signed an event: its id, a space, and the public key; nil where any event is signed.
  public let oldKey: String?
  /// Events received then or later are left alone; nil where none are.
  public var receivedBefore: Int64? { beforeTimestamp.flatMap(Self.milliseconds) }

  /// As it was stored: the admin API lets truth values and numbers of any size in.
  private let beforeTimestamp: JSONValue?

  /// Reads a stored progress; the first one is the admin API's.
  public init(json: String) throws {
    guard let stored = try JSONScanner.value(json).object else {
      throw HomeserverError(.unreadableProgress, "the progress is not an object")
    }
    func value<T>(_ key: JSONText, _ read: (JSONValue) -> T?) throws -> T? {
      guard let value = stored[key], value != .null else { return nil }
      guard let read = read(value) else {
        throw HomeserverError(.unreadableProgress, "'\(key.string ?? "")' is of the wrong type")
      }
      return read
    }
    lastPosition = try value("last_stream_pos") { value in
      if case .number(let number) = value { Int64(number.spelling) } else { nil }
    }
    oldKey = try value("old_key") { $0.string?.string }
    beforeTimestamp = try value("before_ts") { Self.milliseconds($0) == nil ? nil : $0 }
  }

  /// The JSON as the homeserver writes it, in its order of keys, so that its own updater can go on from it.
  public var json: String {
    CompactJSON.object([
      ("last_stream_pos", lastPosition.map { String($0) } ?? "null"),
      ("old_key", oldKey.map(CompactJSON.string) ?? "null"),
      ("before_ts", beforeTimestamp.map { String(decoding: $0.compact, as: UTF8.self) } ?? "null"),
    ])
  }

  /// - Returns: nil for anything but whole numbers and truth values; what is out of range is as far as can be.
  private static func milliseconds(_ value: JSONValue) -> Int64? {
    switch value {
    case .boolean(let boolean): boolean ? 1 : 0
    case .number(let number) where number.isWhole:
      Int64(number.spelling) ?? (number.spelling.hasPrefix("-") ? .min : .max)
    default: nil
    }
  }
}
