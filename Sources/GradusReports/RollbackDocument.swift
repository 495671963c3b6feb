/// The JSON that `can-rollback` writes.
package struct RollbackDocument: Encodable, Sendable {
  package var format = 1
  /// Whether it is possible on all databases.
  package var possible: Bool
  package var databases: [RollbackReport]

  package init(databases: [RollbackReport]) {
    possible = databases.allSatisfy(\.isPossible)
    self.databases = databases
  }
}
