import GradusSQL
import Logging

/// What goes into the log: a line a batch at debug, a line a milestone at info, a line a failure above.
struct UpdateLog {
  private let logger: Logger

  init(_ logger: Logger, database: String) {
    var logger = logger
    logger[metadataKey: "database"] = "\(database)"
    self.logger = logger
  }

  func note(_ error: SQLError, _ what: String) {
    logger.warning("\(what)", metadata: ["error": "\(error)"])
  }

  func record(_ event: UpdateEvent) {
    switch event {
    case .started(let name, let isResumed):
      logger.info("update \(isResumed ? "goes on" : "begins")", metadata: ["update": "\(name)"])
    case .takenOver(let name, let worker):
      logger.info(
        "update taken over from another worker",
        metadata: ["update": "\(name)", "from": "\(worker)"])
    case .batch(let progress, let batch):
      logger.debug(
        "batch done",
        metadata: [
          "update": "\(progress.name)", "size": "\(batch.size)", "scanned": "\(batch.scanned)",
          "written": "\(batch.written)", "duration_ms": "\(batch.duration.milliseconds)",
          "remaining": "\(progress.remaining.map(String.init) ?? "unknown")",
        ])
    case .progress(let progress):
      logger.debug(
        "work goes on", metadata: ["update": "\(progress.name)", "phase": "\(progress.phase ?? "")"])
    case .completed(let certificate):
      logger.info(
        "update complete",
        metadata: [
          "update": "\(certificate.name)", "scanned": "\(certificate.scanned)",
          "written": "\(certificate.written)",
          "batches": "\(certificate.batches)", "duration_ms": "\(Int(certificate.milliseconds))",
          "verified": "\(certificate.verified)",
        ])
    case .failed(let name, let error, let attempt, let delay):
      logger.warning(
        "batch failed",
        metadata: [
          "update": "\(name)", "error": "\(error)", "attempt": "\(attempt)",
          "retry_after_ms": "\(delay.milliseconds)",
        ])
    case .parked(let name, let reason):
      logger.error("update parked", metadata: ["update": "\(name)", "error": "\(reason)"])
    case .stalled(let name, let remaining):
      logger.warning(
        "update writes rows, but no fewer are left",
        metadata: ["update": "\(name)", "remaining": "\(remaining)"])
    case .waiting(let reasons):
      logger.info("nothing can run for now", metadata: reasons.mapValues { "\($0)" })
    case .health(let verdict):
      logger.info("batches: \(verdict.state)", metadata: Self.metadata(verdict.readings))
    // The pool's, which logs them itself.
    case .disconnected, .reconnected: break
    }
  }

  private static func metadata(_ readings: [HealthReading]) -> Logger.Metadata {
    Dictionary(uniqueKeysWithValues: readings.map { ($0.signal.rawValue, "\($0)") })
  }
}
