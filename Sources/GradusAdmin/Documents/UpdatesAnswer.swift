import GradusReports

/// What `GET updates` answers.
struct UpdatesAnswer: Encodable {
  var format = 1
  var paused = false
  var updates: [UpdateDocument] = []
  var completed: [CertificateReport] = []
  var errors: [DatabaseFailure] = []
}
