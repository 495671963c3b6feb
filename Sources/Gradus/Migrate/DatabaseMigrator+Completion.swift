import GradusSQL

extension DatabaseMigrator {
  /// Refuses before the first step what the last would fail at: by then the compat version would have been raised.
  /// Asked again just before that is: those that are waited for may have written what a purge is to queue.
  func checkCompletion(_ plan: Plan, _ session: Session) async throws {
    for (index, step) in plan.steps.enumerated() {
      guard case .completeUpdates(let names, let migration) = step.action else { continue }
      let pending = names.filter { plan.mayHaveQueued($0, before: index) }
      let strange = names.filter { !(completer?.knows($0) ?? false) }
      var unknown = strange.filter(pending.contains)
      if unknown.count < strange.count, plan.steps.contains(where: \.appliesDelta) {
        // Of those that are not queued only a certificate tells that they were, and are complete.
        let certified = try await certifiedUpdates(session)
        unknown = strange.filter { pending.contains($0) || !certified.contains($0) }
      }
      guard unknown.isEmpty else {
        throw GradusError(
          .updatesPending,
          "'\(migration)' needs \(unknown.joined(separator: ", ")) complete, and this program has no code for it",
          hint: "run the application's own binary; nothing was changed")
      }
      for name in pending {
        guard let obstacle = try await completer?.obstacle(to: name, on: session) else { continue }
        throw GradusError(
          .updatesPending, "'\(migration)' needs \(name) complete, which cannot be run here: \(obstacle)",
          hint: "nothing was changed")
      }
    }
  }

  private func certifiedUpdates(_ session: Session) async throws -> Set<String> {
    do {
      return try await session.run { connection in
        Set(try connection.query("SELECT update_name FROM gradus_update_certificates").map { try $0.text(0) })
      }
    } catch let error as SQLError where error.code == .undefinedObject {
      return []
    }
  }
}
