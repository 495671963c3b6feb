extension Array {
  /// The elements in parts of at most a size, in each of which Swift can tell all ids apart.
  func parts(of size: Int, tellableBy id: (Element) -> String) -> [[Element]] {
    parts(of: size).flatMap { $0.withTellableIDs(id) }
  }
}

extension Collection {
  /// The elements in groups in each of which Swift can tell all ids apart.
  ///
  /// Swift takes canonically equivalent texts for equal, such as composed and decomposed letters, and the databases do
  /// not. Of two rooms with such ids one would get what is the other's. There is one group, but in an odd database.
  func withTellableIDs(_ id: (Element) -> String) -> [[Element]] {
    var groups: [(elements: [Element], ids: Set<String>)] = []
    for element in self {
      let id = id(element)
      if let index = groups.firstIndex(where: { !$0.ids.contains(id) }) {
        groups[index].elements.append(element)
        groups[index].ids.insert(id)
      } else {
        groups.append(([element], [id]))
      }
    }
    return groups.map(\.elements)
  }
}
