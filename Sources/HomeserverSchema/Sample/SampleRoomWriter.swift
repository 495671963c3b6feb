/// Gathers a room's events and follows its state, then gives each its place.
struct SampleRoomWriter {
  let roomID: String
  let version: String
  let serverName: String
  var generator: SplitMix
  private(set) var events: [SampleEvent] = []
  /// The index of each event that holds a piece of the current state.
  private var state: [StateKey: Int] = [:]
  /// The index of each local user's newest member event.
  private var memberships: [String: Int] = [:]
  /// Which event each redaction takes away, by their indices.
  private var redactions: [Int: Int] = [:]
  /// Which event each state event replaces.
  private var replaced: [Int: Int] = [:]

  init(roomID: String, version: String, serverName: String, generator: SplitMix) {
    self.roomID = roomID
    self.version = version
    self.serverName = serverName
    self.generator = generator
  }

  /// Whether an event is part of the state so far.
  func isCurrent(_ index: Int) -> Bool {
    guard let key = events[index].stateKey else { return false }
    return state[StateKey(type: events[index].type, key: key)] == index
  }

  mutating func add(_ event: SampleEvent) {
    var event = event
    event.roomID = roomID
    // Rows from before there were several writers have no name.
    if generator.chance(10) { event.instanceName = nil }
    events.append(event)
  }

  mutating func addState(_ type: String, _ key: String = "", sender: String, _ content: String) {
    add(SampleEvent(type, stateKey: key, sender: sender, content: content))
    replaced[events.count - 1] = state.updateValue(events.count - 1, forKey: StateKey(type: type, key: key))
    events[events.count - 1].opensGroup = true
  }

  mutating func addMember(_ user: String, _ membership: String, sender: String, unsigned: String = "{}") {
    addState("m.room.member", user, sender: sender, #"{"membership":"\#(membership)"}"#)
    events[events.count - 1].membership = membership
    events[events.count - 1].unsigned = unsigned
    memberships[user] = events.count - 1
  }

  mutating func addOutOfBand(_ user: String, _ membership: String, sender: String, unsigned: String) {
    add(
      SampleEvent(
        "m.room.member", stateKey: user, sender: sender, content: #"{"membership":"\#(membership)"}"#))
    events[events.count - 1].membership = membership
    events[events.count - 1].unsigned = unsigned
    events[events.count - 1].isOutlier = true
    memberships[user] = events.count - 1
  }

  mutating func addRejected(_ type: String, sender: String, _ content: String) {
    add(SampleEvent(type, stateKey: "", sender: sender, content: content))
    events[events.count - 1].rejectionReason = "auth_error"
  }

  mutating func addRedaction(of target: Int, _ sender: String) {
    add(SampleEvent("m.room.redaction", sender: sender, content: "{}"))
    redactions[events.count - 1] = target
  }

  /// The user forgets the room: so do all the memberships that led there.
  mutating func forget(_ user: String) {
    for index in events.indices where events[index].membership != nil && events[index].stateKey == user {
      events[index].isForgotten = true
    }
  }

  /// Gives the events their positions, ids and state groups, and adds them to a batch.
  func write(to batch: inout SampleBatch) {
    var group: Int64?
    var chain: Int64 = 0
    var known: [StateKey: String] = [:]
    var ids: [String] = []
    let local = Set(memberships.values)
    for index in events.indices {
      var event = events[index]
      event.position = batch.nextPosition()
      event.depth = Int64(index) + 1
      event.eventID = EventText.eventID(
        position: event.position, roomVersion: version, serverName: serverName)
      ids.append(event.eventID)
      event.redacts = redactions[index].map { ids[$0] }
      event.replaces = replaced[index].map { ids[$0] }
      if event.opensGroup, let key = event.stateKey {
        known[StateKey(type: event.type, key: key)] = event.eventID
        let next = batch.nextStateGroup()
        if group != nil, chain < HomeserverWriter.longestChain {
          event.previousGroup = group
          chain += 1
        } else {
          batch.add(wholeGroup: next, of: roomID, known)
          chain = 0
        }
        group = next
      }
      if !event.isOutlier { event.stateGroup = group }
      event.isCurrent = isCurrent(index) && event.opensGroup
      event.isLocalCurrent = local.contains(index)
      batch.add(event)
    }
  }
}
