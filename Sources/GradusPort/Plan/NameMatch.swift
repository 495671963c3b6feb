import Gradus
import GradusSQL

/// Which names of the target are meant by names of the source: those with the same bytes, else one that differs in the
/// case of ASCII letters only, which SQLite does not tell apart. None is meant twice.
///
/// Swift's own comparison would take different bytes for the same name where Unicode does.
struct NameMatch {
  /// For each name of the source the place of the target's; nil where there is none.
  private(set) var places: [Int?]

  init(_ names: [String], in others: [String]) {
    places = names.map { name in others.firstIndex { $0.hasSameBytes(as: name) } }
    var free = Set(others.indices).subtracting(places.compactMap(\.self))
    let folded = others.map(SQLiteName.init(_:))
    for (index, name) in names.enumerated() where places[index] == nil {
      let name = SQLiteName(name)
      guard let place = free.filter({ folded[$0] == name }).min() else { continue }
      places[index] = place
      free.remove(place)
    }
  }
}
