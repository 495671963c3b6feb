import GradusUpdates
import Foundation

/// How far `MembershipSnapshotsUpdate` came.
///
/// Phase 1 goes through all memberships by room and user; phase 2 through those that were written since phase
/// 1 began, by their position.
package struct MembershipSnapshotsProgress: UpdateProgress, Equatable {
  /// Whether phase 1 is under way; nil before the first batch.
  package var isInitialPhase: Bool?
  /// The room of the last membership looked at.
  package var lastRoomID: String?
  /// The user of the last membership looked at.
  package var lastUserID: String?
  /// In phase 1 where the stream of events stood at its beginning, in phase 2 the last position looked at.
  package var lastEventStreamOrdering: Int64?

  /// The last membership looked at in phase 1; before the first one that comes before all.
  var last: MembershipKey { MembershipKey(roomID: lastRoomID ?? "", userID: lastUserID ?? "") }

  /// Where phase 2 stands.
  ///
  /// - Parameter position: the stored position.
  func place(at position: Int64) -> MembershipPlace {
    MembershipPlace(position: position, last: lastRoomID == nil || lastUserID == nil ? nil : last)
  }

  /// - Parameters:
  ///   - isInitialPhase: whether phase 1 is under way.
  ///   - last: the last membership looked at.
  ///   - lastEventStreamOrdering: the position.
  init(isInitialPhase: Bool, last: MembershipKey? = nil, lastEventStreamOrdering: Int64) {
    self.isInitialPhase = isInitialPhase
    lastRoomID = last?.roomID
    lastUserID = last?.userID
    self.lastEventStreamOrdering = lastEventStreamOrdering
  }

  /// Reads a stored progress.
  package init(json: String) throws {
    let stored = try JSONDecoder().decode(Stored.self, from: Data(json.utf8))
    isInitialPhase = stored.initial_phase
    lastRoomID = stored.last_room_id
    lastUserID = stored.last_user_id
    lastEventStreamOrdering = stored.last_event_stream_ordering
  }

  /// The JSON as the homeserver writes it, in its order of keys, so that its older versions can go on from
  /// it.
  package var json: String {
    CompactJSON.object(
      [
        ("initial_phase", isInitialPhase.map { $0 ? "true" : "false" }),
        ("last_room_id", lastRoomID.map(CompactJSON.string)),
        ("last_user_id", lastUserID.map(CompactJSON.string)),
        ("last_event_stream_ordering", lastEventStreamOrdering.map { String($0) }),
      ].compactMap { key, value in value.map { (key, $0) } })
  }

  private struct Stored: Decodable {
    // The names of the stored keys.
    var initial_phase: Bool?
    var last_room_id: String?
    var last_user_id: String?
    var last_event_stream_ordering: Int64?
  }
}
