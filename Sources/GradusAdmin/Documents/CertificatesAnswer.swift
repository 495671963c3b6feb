import GradusReports

/// What `GET certificates` answers.
struct CertificatesAnswer: Encodable {
  var format = 1
  var completed: [CertificateReport] = []
  var errors: [DatabaseFailure] = []
}
