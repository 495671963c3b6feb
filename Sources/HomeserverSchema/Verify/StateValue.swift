import GradusJSON
import GradusSQL

/// What one event says about one of a room's columns.
enum StateValue: Hashable {
  /// This value.
  case value(SQLValue)
  /// Nothing that the column could hold: the column stays as it is.
  case unusable
}

/// The columns that come from a room's state.
enum StateColumn: String, CaseIterable {
  case hasKnownState = "has_known_state"
  case roomType = "room_type"
  case roomName = "room_name"
  case isEncrypted = "is_encrypted"
  case successor = "tombstone_successor_room_id"

  /// The type of the state event that decides it.
  var eventType: String? {
    switch self {
    case .hasKnownState: nil
    case .roomType: "m.room.create"
    case .roomName: "m.room.name"
    case .isEncrypted: "m.room.encryption"
    case .successor: "m.room.tombstone"
    }
  }

  /// The columns that an event decides.
  static let ofEvents: [StateColumn] = [.roomType, .roomName, .isEncrypted, .successor]

  /// What a new row holds where nothing is said.
  var defaultValue: SQLValue {
    switch self {
    case .hasKnownState, .isEncrypted: .boolean(false)
    default: .null
    }
  }

  /// What a content says about the column.
  func value(in content: JSONObject) -> StateValue {
    let key: JSONText =
      switch self {
      case .hasKnownState: ""
      case .roomType: "type"
      case .roomName: "name"
      case .isEncrypted: "algorithm"
      case .successor: "replacement_room"
      }
    let value: JSONValue = content[key] ?? .null
    if self == .isEncrypted { return .value(.boolean(value != .null)) }
    guard value != .null else { return .value(.null) }
    // A column can hold neither U+0000 nor a lone surrogate.
    guard let text = value.string?.string, !text.utf8.contains(0) else { return .unusable }
    return .value(.text(text))
  }
}

/// The state columns of a row, all of them.
typealias StateColumns = [StateColumn: SQLValue]

extension StateColumns {
  /// A new row's columns.
  static var defaults: StateColumns {
    StateColumns(uniqueKeysWithValues: StateColumn.allCases.map { ($0, $0.defaultValue) })
  }

  /// These columns with others written over them.
  func overwritten(by others: StateColumns) -> StateColumns { merging(others) { $1 } }
}
