import Gradus
import GradusSQL
import GradusReports
import GradusUpdates

/// What the queue of a database says.
struct DatabaseReading: Sendable {
  /// Whether all updates are paused.
  var isPaused = false
  var listings: [UpdateListing] = []
  var certificates: [UpdateCertificate] = []

  func certificates(of database: String) -> [CertificateReport] {
    certificates.map { CertificateReport($0, database: database) }
  }

  /// - Parameters:
  ///   - registry: the updates that can be run; nil where the queue itself is not asked for, which may count rows to say
  ///     what is left.
  ///   - counts: what was counted before, where the queue is asked for.
  static func read(
    _ connection: Connection, registry: UpdateRegistry?, counts: RemainingCounts = RemainingCounts(),
    withCertificates: Bool = false
  ) throws -> DatabaseReading {
    var reading = DatabaseReading()
    if let registry {
      reading.listings = try UpdateListing.read(connection, registry: registry, counts: counts)
    }
    let tables = try CatalogTables.names(connection)
    if tables.contains("gradus_update_controls") {
      reading.isPaused = try QueueControls(connection).isPaused()
    }
    if withCertificates, tables.contains("gradus_update_certificates") {
      reading.certificates = try UpdateCertificate.readAll(on: connection)
    }
    return reading
  }
}
