/// An object of JSON: of equal keys the last counts.
package struct JSONObject: Hashable, Sendable {
  /// A key with its value.
  package struct Member: Hashable, Sendable {
    package let key: JSONText
    package var value: JSONValue

    package init(key: JSONText, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// By their keys' code points.
  package private(set) var members: [Member]

  /// An empty one.
  package init() { members = [] }

  /// - Parameter members: in the order of the text.
  package init(_ members: [Member]) {
    guard !Self.areInOrder(members) else {
      self.members = members
      return
    }
    // Stable, so that the last of equal keys stays the last.
    let order = members.indices.sorted {
      members[$0].key == members[$1].key ? $0 < $1 : members[$0].key < members[$1].key
    }
    self.members = []
    self.members.reserveCapacity(members.count)
    for index in order {
      if self.members.last?.key == members[index].key { self.members.removeLast() }
      self.members.append(members[index])
    }
  }

  /// - Parameter value: of a member; without one, or with `null`, the object is empty.
  /// - Returns: nil where the value is of another type.
  package init?(orEmpty value: JSONValue?) {
    switch value {
    case nil, .null: self.init()
    case .object(let object): self = object
    default: return nil
    }
  }

  /// Whether each key is greater than the one before.
  private static func areInOrder(_ members: [Member]) -> Bool {
    members.indices.dropFirst().allSatisfy { members[$0 - 1].key < members[$0].key }
  }

  /// The value of a key; setting nil removes it.
  package subscript(_ key: JSONText) -> JSONValue? {
    get { members.first { $0.key == key }?.value }
    set {
      let index = members.firstIndex { $0.key >= key } ?? members.endIndex
      let isPresent = index < members.endIndex && members[index].key == key
      switch (newValue, isPresent) {
      case (let value?, true): members[index].value = value
      case (let value?, false): members.insert(Member(key: key, value: value), at: index)
      case (nil, true): members.remove(at: index)
      case (nil, false): break
      }
    }
  }

  /// Only the members of these keys.
  package func keeping(_ keys: Set<JSONText>) -> JSONObject {
    var object = JSONObject()
    object.members = members.filter { keys.contains($0.key) }
    return object
  }
}
