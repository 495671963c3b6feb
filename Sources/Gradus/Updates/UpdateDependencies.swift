/// The graph of `depends_on`.
package struct UpdateDependencies {
  /// Refuses a dependency that no declaration or queue row explains, and a cycle.
  ///
  /// - Parameters:
  ///   - declarations: all of the tree.
  ///   - known: further names, such as those that plain SQL deltas queue.
  static func check(_ declarations: [UpdateDeclaration], known: Set<String>) throws {
    let names = known.union(declarations.map(\.name))
    for declaration in declarations {
      for dependency in declaration.dependsOn where !names.contains(dependency) {
        throw GradusError(
          .invalidTree, "the update '\(declaration.name)' depends on '\(dependency)', which nothing declares",
          file: declaration.file, position: declaration.position,
          hint: NearestName.hint(
            for: dependency, among: names,
            otherwise: "declare it in an .updates.yaml file or register a handler of this name"))
      }
    }
    try checkNamesOfSyncs(declarations)
    let syncs = Set(declarations.filter { $0.syncColumn != nil }.map(\.name))
    for declaration in declarations {
      guard let sync = declaration.droppedSync, !syncs.contains(sync) else { continue }
      throw GradusError(
        .invalidTree, "'\(declaration.name)' drops '\(sync)', which no sync_column declares",
        file: declaration.file, position: declaration.position,
        hint: NearestName.hint(for: sync, among: syncs, otherwise: "give the name of a sync_column")
      )
    }
    if let cycle = cycle(declarations) {
      let first = declarations.first { $0.name == cycle.first }
      throw GradusError(
        .invalidTree,
        "updates depend on each other in a circle: \((cycle + cycle.prefix(1)).joined(separator: " -> "))",
        file: first?.file, position: first?.position, hint: "remove one of these depends_on")
    }
  }

  /// Refuses synchronised columns whose triggers would have one name on SQLite, where cases are not told apart.
  private static func checkNamesOfSyncs(_ declarations: [UpdateDeclaration]) throws {
    var seen: [String: UpdateDeclaration] = [:]
    for sync in declarations.filter({ $0.syncColumn != nil }).sorted(by: { $0.name < $1.name }) {
      guard let other = seen.updateValue(sync, forKey: sync.name.lowercased()) else { continue }
      throw GradusError(
        .invalidTree,
        "the synchronised columns '\(other.name)' and '\(sync.name)' have one name, but for upper and lower case",
        file: sync.file, hint: "the other is in \(other.file); rename one of them")
    }
  }

  /// A cycle, from its alphabetically first member, or nil.
  static func cycle(_ declarations: [UpdateDeclaration]) -> [String]? {
    cycle(among: Dictionary(declarations.map { ($0.name, $0.dependsOn) }, uniquingKeysWith: { $0 + $1 }))
  }

  /// A cycle of names, each with those it depends on, from its alphabetically first member, or nil.
  package static func cycle(among edges: [String: [String]]) -> [String]? {
    var isDone: Set<String> = []
    for start in edges.keys.sorted() {
      var path: [String] = []
      func visit(_ name: String) -> [String]? {
        if let index = path.firstIndex(of: name) { return Array(path[index...]) }
        guard !isDone.contains(name), let next = edges[name] else { return nil }
        path.append(name)
        defer { path.removeLast() }
        for dependency in next {
          if let found = visit(dependency) { return found }
        }
        isDone.insert(name)
        return nil
      }
      if let found = visit(start) { return found }
    }
    return nil
  }
}
