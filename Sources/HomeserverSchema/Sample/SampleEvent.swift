import GradusSQL

/// An event of the sample, with what the tables are to hold of it.
struct SampleEvent {
  var position: Int64 = 0
  var depth: Int64 = 0
  var eventID = ""
  var roomID = ""
  var type: String
  var stateKey: String?
  var sender: String
  /// The content as JSON.
  var content: String
  /// `unsigned` as JSON.
  var unsigned = "{}"
  var isOutlier = false
  var rejectionReason: String?
  var redacts: String?
  /// Of a member event that was not rejected.
  var membership: String?
  var isForgotten = false
  var instanceName: String? = "master"

  var stateGroup: Int64?
  var previousGroup: Int64?
  /// Whether the event made its state group, by a change of state.
  var opensGroup = false
  /// The event whose place it took in the state.
  var replaces: String?
  var isCurrent = false
  var isLocalCurrent = false

  init(_ type: String, stateKey: String? = nil, sender: String, content: String) {
    self.type = type
    self.stateKey = stateKey
    self.sender = sender
    self.content = content
  }

  static let columns: [(name: String, type: BatchTable.ColumnType)] = [
    ("position", .integer), ("depth", .integer), ("event_id", .text), ("room_id", .text), ("type", .text),
    ("state_key", .text), ("sender", .text), ("is_outlier", .boolean), ("rejection_reason", .text),
    ("redacts", .text), ("json", .text), ("metadata", .text), ("format", .integer), ("membership", .text),
    ("forgotten", .integer), ("instance_name", .text), ("state_group", .integer),
    ("previous_group", .integer),
    ("opens_group", .boolean), ("replaces", .text), ("is_current", .boolean), ("is_local_current", .boolean),
  ]

  /// Its values, in the order of the columns.
  var values: [SQLValue] {
    [
      .integer(position), .integer(depth), .text(eventID), .text(roomID), .text(type), SQLValue(stateKey),
      .text(sender), .boolean(isOutlier), SQLValue(rejectionReason), SQLValue(redacts), .text(json),
      .text(isOutlier ? #"{"out_of_band_membership":true}"# : "{}"),
      .integer(EventText.format(roomVersion: isVersionOne ? "1" : "10")),
      SQLValue(membership), .integer(isForgotten ? 1 : 0), SQLValue(instanceName), SQLValue(stateGroup),
      SQLValue(previousGroup), .boolean(opensGroup), SQLValue(replaces), .boolean(isCurrent),
      .boolean(isLocalCurrent),
    ]
  }

  /// Only ids of room version 1 have a domain.
  private var isVersionOne: Bool { eventID.utf8.contains(UInt8(ascii: ":")) }

  /// Put together by hand: a JSON value a field would take most of the time of filling the database.
  private var json: String {
    var text =
      #"{"auth_events":[],"prev_events":[],"type":"\#(type)","room_id":"\#(roomID)","sender":"\#(sender)","#
    text +=
      #""content":\#(content),"depth":\#(depth),"origin_server_ts":\#(1_700_000_000_000 + position * 1000),"#
    if let stateKey { text += #""state_key":"\#(stateKey)","# }
    if let redacts { text += #""redacts":"\#(redacts)","# }
    if isVersionOne { text += #""event_id":"\#(eventID)","# }
    text += #""hashes":{"sha256":"\#(Self.hash)"},"signatures":{},"unsigned":\#(unsigned)}"#
    return text
  }

  private static let hash = String(repeating: "A", count: 43)
}
