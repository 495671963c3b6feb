/// An object of JSON: of equal keys the last counts.
struct JSONObject: Hashable, Sendable {
  struct Member: Hashable, Sendable {
    let key: JSONText
    var value: JSONValue
  }

  /// By their keys' code points.
  private(set) var members: [Member]

  init() { members = [] }

  /// - Parameter members: in the order of the text.
  init(_ members: [Member]) {
    // Stable, so that the last of equal keys stays the last.
    let sorted = members.enumerated().sorted {
      $0.element.key == $1.element.key ? $0.offset < $1.offset : $0.element.key < $1.element.key
    }.map(\.element)
    self.members = []
    self.members.reserveCapacity(sorted.count)
    for member in sorted {
      if self.members.last?.key == member.key { self.members.removeLast() }
      self.members.append(member)
    }
  }

  /// The value of a key; setting nil removes it.
  subscript(_ key: JSONText) -> JSONValue? {
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
  func keeping(_ keys: Set<JSONText>) -> JSONObject {
    var object = self
    object.members.removeAll { !keys.contains($0.key) }
    return object
  }
}
