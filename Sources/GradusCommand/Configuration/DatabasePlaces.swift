import Gradus
import GradusSQL

/// Makes sure that each logical database has one place, before any of them is touched.
struct DatabasePlaces {
  let file: ConfigurationFile
  /// The logical databases that the schema has files for.
  let known: Set<LogicalDatabase>
  /// Those that the application can only use on one physical database.
  let inseparable: Set<LogicalDatabase>

  /// What to do with two entries that are one database.
  static let joining = "make one entry with both of their lists"

  /// - Parameter databases: the physical databases; one that has all logical ones is always right.
  /// - Throws: `GradusError` that names what is wrong.
  func check(_ databases: [PhysicalDatabase]) throws {
    let places = databases.compactMap { database in database.databases.map { (database.name, $0) } }
    // One alone of several was asked for by its address; the others are where the file says.
    guard !places.isEmpty, databases.count == file.databases.count else { return }
    var holders: [LogicalDatabase: String] = [:]
    for (name, held) in places {
      for logical in held.sorted() where logical != .common {
        guard known.contains(logical) else { throw unknown(logical, name) }
        if let other = holders.updateValue(name, forKey: logical) {
          throw error("'\(logical)' is on both '\(other)' and '\(name)'", hint: "leave one of them out")
        }
      }
    }
    if let missing = known.subtracting(holders.keys).sorted().first {
      throw error(
        "no database holds '\(missing)'", hint: "add it to the list 'databases' of the one that should")
    }
    try checkAddresses()
    let apart = inseparable.intersection(known).sorted()
    guard Set(apart.map { holders[$0] }).count <= 1 else {
      let names = apart.map { "'\($0)' on '\(holders[$0] ?? "")'" }.joined(separator: ", ")
      throw error(
        "this application joins tables of logical databases that are configured apart: \(names)",
        hint: "give one database both: databases: [\(apart.map(\.name).joined(separator: ", "))]")
    }
  }

  private func unknown(_ logical: LogicalDatabase, _ database: String) -> GradusError {
    error(
      "'\(database)' is to hold '\(logical)', which the schema does not have",
      hint: NearestName.of(logical.name, among: known.map(\.name)).map { "did you mean '\($0)'?" })
  }

  /// Two with one address would share the bookkeeping tables, in which each would find the other's version.
  private func checkAddresses() throws {
    var names: [DatabaseLocation: String] = [:]
    for entry in file.databases {
      if let other = names.updateValue(entry.name, forKey: try file.location(of: entry).canonical) {
        throw error("'\(other)' and '\(entry.name)' have the same address", hint: Self.joining)
      }
    }
  }

  private func error(_ message: String, hint: String?) -> GradusError {
    GradusError(.invalidFile, message, file: file.path, hint: hint)
  }
}
