/// What a tree says of versions that a database has left behind, for warnings.
extension Planner {
  /// Deltas of versions that the database has passed, for who looks back.
  func passedOver(_ state: DatabaseState) -> [String] {
    guard looksBack else { return [] }
    return missedDeltas(state).map {
      "\($0.path) was never applied: the database had passed version \($0.version) before it was added; "
        + "move it to the newest version"
    }
  }

  /// Deltas of versions that the database has passed. No migration looks for them any more: a merge brought them too late.
  ///
  /// - Parameter state: with all applied deltas of the tree's versions.
  package func missedDeltas(_ state: DatabaseState) -> [SchemaFile] {
    guard let version = state.version else { return [] }
    var first: [LogicalDatabase: Int] = [:]
    for file in tree.deltas.values.joined() where state.appliedDeltas.contains(file.recordedName) {
      first[file.database] = min(first[file.database] ?? file.version, file.version)
    }
    return tree.deltas.keys.filter { $0 < start(version) }.sorted().flatMap { number in
      (tree.deltas[number] ?? []).filter { file in
        // What comes before the first that is recorded was in the full schema that the database began with.
        let isExpected = first[file.database].map { $0 <= number } ?? false
        return isExpected && isHere(file) && !state.appliedDeltas.contains(file.recordedName)
      }
    }
  }

  /// Updates that the plan's files queue although they are complete: a renamed file is another one.
  func queuedAgain(by plan: Plan, _ state: DatabaseState) -> [String] {
    plan.steps.flatMap { step -> [String] in
      guard case .applyDelta(let file) = step.action, file.kind == .updates else { return [] }
      return tree.declarations(in: file, for: engine).map(\.name).filter {
        state.certifiedUpdates.contains($0) && !plan.queuedUpdates.contains($0)
      }.map {
        "\(file.path) queues '\($0)' again, which has a certificate of its completion; a file that is renamed is applied "
          + "anew, unless 'migrate --mark-applied \(file.recordedName)' records it"
      }
    }
  }

  private func isHere(_ file: SchemaFile) -> Bool {
    file.applies(to: engine) && (databases.contains(file.database) || file.database == .common)
  }
}
