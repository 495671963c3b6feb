import GradusJSON
import GradusSQL

/// The room as shown to someone outside.
struct StrippedColumns {
  /// The columns that it decides.
  let columns: StateColumns

  /// - Parameter elements: the elements of `invite_room_state` or `knock_room_state`; nil where there are none.
  init(_ elements: [JSONValue]?) {
    var contents: [String: JSONObject] = [:]
    for element in (elements ?? []).compactMap(\.object) {
      guard element["sender"]?.string != nil, element["state_key"]?.string == "",
        let type = element["type"]?.string?.string, let content = element["content"]?.object
      else { continue }
      contents[type] = content
    }
    guard contents["m.room.create"] != nil else {
      // Without the create event nothing counts, and the successor is left as it is.
      columns = [
        .hasKnownState: .boolean(false), .roomType: .null, .roomName: .null, .isEncrypted: .boolean(false),
      ]
      return
    }
    var columns: StateColumns = [.hasKnownState: .boolean(true)]
    for column in StateColumn.ofEvents {
      let content = column.eventType.flatMap { contents[$0] } ?? JSONObject()
      if case .value(let value) = column.value(in: content) { columns[column] = value }
    }
    self.columns = columns
  }
}
