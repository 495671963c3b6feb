import ArgumentParser
import Foundation
import Gradus

/// Where new deltas of a version go, and which number is next.
struct DeltaPlace {
  /// The version.
  let version: Int
  /// The logical database, whose folder must be known.
  let database: String
  /// The folder below the schema's root.
  let folder: String
  /// The next number.
  let number: Int

  /// - Parameters:
  ///   - version: the version.
  ///   - database: the logical database.
  /// - Throws: `GradusError` where the schema has no such database: a delta in the folder of a misspelt one would never
  ///   be applied.
  init(version: Int, database: String, _ tree: SchemaTree, _ layout: SchemaLayout) throws {
    let known = tree.databases.union([.common]).map(\.name)
    guard known.contains(database) else {
      throw GradusError(
        .invalidTree, "the schema has no logical database '\(database)'",
        hint: NearestName.of(database, among: known).map { "did you mean '\($0)'?" }
          ?? "it has \(known.sorted().joined(separator: ", "))")
    }
    self.version = version
    self.database = database
    let present = tree.deltas[version] ?? []
    // Its folder may be written with a zero before the number.
    let sibling = present.first { $0.database.name == database && $0.url != nil }
    folder =
      sibling.map { ($0.path as NSString).deletingLastPathComponent }
      ?? SchemaLayout.path(layout.delta, LogicalDatabase(database), version)
    // Records do not name the logical database, so numbers run through all of them.
    let taken = present.map(\.name)
    number = (taken.compactMap { Int($0.prefix { $0.isNumber }) }.max() ?? 0) + 1
  }

  /// The path of a delta below the schema's root.
  ///
  /// - Parameter offset: how many new ones go before it.
  func path(_ name: String, _ suffix: String, offset: Int = 0) -> String {
    let number = number + offset
    return "\(folder)/\(number < 10 ? "0" : "")\(number)_\(name)\(suffix)"
  }

  /// Refuses a name that does not go into a file's.
  static func check(_ name: String, _ what: String, example: String) throws {
    guard !name.isEmpty, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) else {
      throw ValidationError("\(what) has letters, digits and underscores: \(example)")
    }
  }
}
