/// The JSON that `status` writes.
package struct StatusDocument: Encodable, Sendable {
  package var format = 1
  package var databases: [StatusReport]

  package init(databases: [StatusReport]) { self.databases = databases }
}
