/// The JSON that `updates list` writes.
struct UpdatesDocument: Encodable {
  var format = 1
  var updates: [UpdateReport]
  var completed: [CertificateReport]
}
