import GradusReports

/// What `GET updates` answers.
struct UpdatesAnswer: Encodable {
  var format = 1
  var paused: Bool
  var updates: [UpdateDocument]
  var completed: [CertificateReport]
}
