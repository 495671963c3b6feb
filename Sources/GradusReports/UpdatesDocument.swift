/// The JSON that `updates list` writes.
package struct UpdatesDocument: Encodable, Sendable {
  package var format = 1
  package var updates: [UpdateReport]
  package var completed: [CertificateReport]

  package init(updates: [UpdateReport] = [], completed: [CertificateReport] = []) {
    self.updates = updates
    self.completed = completed
  }
}
