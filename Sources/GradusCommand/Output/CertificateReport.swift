import Gradus
import GradusUpdates

/// A certificate as `updates list` writes it.
struct CertificateReport: Encodable {
  var database: String
  var name: String
  var completedAt: Int64
  var completedBy: String
  var version: Int?
  var scanned: Int
  var written: Int
  var durationMs: Int
  var verified: String

  init(_ certificate: UpdateCertificate, database: String) {
    self.database = database
    name = certificate.name
    completedAt = certificate.completedAt
    completedBy = certificate.completedBy
    version = certificate.version
    scanned = certificate.scanned
    written = certificate.written
    durationMs = Int(certificate.milliseconds)
    verified = certificate.verified
  }

  enum CodingKeys: String, CodingKey {
    case database, name, version, scanned, written, verified
    case completedAt = "completed_at"
    case completedBy = "completed_by"
    case durationMs = "duration_ms"
  }
}
