import Gradus
import GradusCatalog
import GradusSQL

/// Finds tables that a version's deltas leave there, and that have fewer rows or values afterwards. Pure.
///
/// What a DELETE or UPDATE takes away is meant, and other rules judge that; so is what the copy of a table makes of a value.
/// Lost is what goes with a table that is made anew, or with a column.
struct RowLossRules {
  /// The deltas in order.
  let traces: [DeltaTrace]
  /// The rows before and after them.
  let before: RowSnapshot
  let after: RowSnapshot

  func findings() -> [Finding] {
    guard var known = traces.first?.known, let engine = traces.first?.engine else { return [] }
    for trace in traces { known.follow(trace) }
    let touches = RowTouches(traces, known.catalog, on: engine)
    return known.origins.present.sorted().compactMap { name -> Finding? in
      guard let table = known.origins[name], let old = before.tables[table], let new = after.tables[name],
        !touches.deleted.contains(table.lowercased())
      else { return nil }
      return new.rows.count < old.rows.count
        ? lostRows(table, old, new, touches) : lostValues(table, old, new, as: name, touches)
    }
  }

  private func lostRows(
    _ table: String, _ old: RowSnapshot.Table, _ new: RowSnapshot.Table, _ touches: RowTouches
  ) -> Finding? {
    guard let place = touches.place(ofRows: table) else { return nil }
    let message = "of \(old.rows.count) rows of '\(table)' that were tried \(new.rows.count) are left"
    return Finding("D14", message, at: place.step, of: place.trace)
  }

  /// - Parameter present: the table's present name.
  private func lostValues(
    _ table: String, _ old: RowSnapshot.Table, _ new: RowSnapshot.Table, as present: String,
    _ touches: RowTouches
  ) -> Finding? {
    var messages: [String] = []
    var first: RowTouches.Place?
    for (name, type) in old.types.sorted(by: { $0.key < $1.key }) {
      guard !touches.assigned.contains(name.lowercased()), let other = new.types[name] else { continue }
      let place = touches.place(ofValues: name, of: table)
      guard let found = place ?? touches.place(ofType: name, of: table) else { continue }
      let (values, others) = (old.values(of: name), new.values(of: name))
      if others.values.reduce(0, +) < values.values.reduce(0, +) {
        messages.append("'\(table).\(name)' is NULL where it had a value")
      } else if place != nil, other == type,
        values.contains(where: { others[$0.key, default: 0] < $0.value }),
        !(touches.isConverted(name, of: present) && old.keepsValues(of: name, in: new))
      {
        messages.append("'\(table).\(name)' has other values than before")
      } else {
        continue
      }
      first = first ?? found
    }
    guard let first else { return nil }
    return Finding("D14", messages.joined(separator: "; "), at: first.step, of: first.trace)
  }
}
