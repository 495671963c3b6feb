import Gradus
package import GradusUpdates

/// A certificate as `updates list` writes it.
package struct CertificateReport: Encodable, Sendable {
  package var database: String
  package var name: String
  package var completedAt: Int64
  package var completedBy: String
  package var version: Int?
  package var scanned: Int
  package var written: Int
  package var batches: Int
  package var durationMs: Int
  package var skipped: [String: Int]
  package var verified: String

  package init(_ certificate: UpdateCertificate, database: String) {
    self.database = database
    name = certificate.name
    completedAt = certificate.completedAt
    completedBy = certificate.completedBy
    version = certificate.version
    scanned = certificate.scanned
    written = certificate.written
    batches = certificate.batches
    durationMs = Int(certificate.milliseconds)
    skipped = certificate.skipped
    verified = certificate.verified
  }

  package enum CodingKeys: String, CodingKey {
    case database, name, version, scanned, written, batches, skipped, verified
    case completedAt = "completed_at"
    case completedBy = "completed_by"
    case durationMs = "duration_ms"
  }
}
