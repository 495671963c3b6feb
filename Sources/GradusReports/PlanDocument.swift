/// The JSON that `plan` writes.
package struct PlanDocument: Encodable, Sendable {
  package var format = 1
  package var databases: [PlanReport]

  package init(databases: [PlanReport]) { self.databases = databases }
}
