import Foundation
package import Gradus
package import GradusUpdates
import Synchronization

/// Shows what goes on: bars on a terminal, plain lines elsewhere, events as JSON lines where that is asked for.
package final class ProgressPrinter: Sendable {
  private let format: OutputOptions.Format
  /// The database that all this is about, where there are several.
  private let database: String?
  private let screen: Screen

  /// What the printers of several databases share.
  private final class Screen: Sendable {
    let display = Mutex(ProgressDisplay(isInteractive: Terminal.errorIsInteractive))
  }

  package init(_ format: OutputOptions.Format) {
    self.format = format
    database = nil
    screen = Screen()
  }

  private init(of database: String?, _ other: ProgressPrinter) {
    format = other.format
    self.database = database
    screen = other.screen
  }

  /// The same for one of several databases, whose name stands in each line.
  ///
  /// - Parameter database: its name; nil where there is one only.
  func of(_ database: String?) -> ProgressPrinter { ProgressPrinter(of: database, self) }

  /// A line of its own.
  package func line(_ text: String) {
    let text = Text.printableLines(named(text))
    screen.display.withLock { Terminal.draw($0.line(text, size: .current)) }
  }

  private func named(_ text: String) -> String {
    database.map { "\(Text.printable($0)): \(text)" } ?? text
  }

  private func line(of update: String, _ text: String) { line("\(Text.printable(update)): \(text)") }

  /// What begins, and has no number.
  func message(_ text: String) {
    if format == .json { write(Event(event: "message", phase: text)) } else { line(text) }
  }

  package func show(_ event: MigrationEvent) {
    if format == .json { return showJSON(event) }
    switch event {
    case .waiting(let holder): line("waiting: another process migrates: \(holder)")
    case .versionsRunning(let holders, let compat):
      line("waiting for the end of processes that compat version \(compat) shuts out:")
      for holder in holders { line("      \(holder)") }
    case .writesOpen(let holders, let compat):
      line("waiting for transactions that processes below version \(compat) may have left open:")
      for holder in holders { line("      \(holder)") }
    case .planned: break
    case .stepStarted(let step, let number, let count): line("[\(number)/\(count)] \(step)")
    case .stepRetried(_, let error, let delay): line("      \(error); trying again in \(delay)")
    case .stepFinished(_, let duration): line("      done in \(Text.duration(duration))")
    case .update(let progress): bar(progress)
    case .disconnected(let error): line(Self.lost(error))
    case .reconnected: line(Self.found)
    }
  }

  package func show(_ event: UpdateEvent) {
    if format == .json { return showJSON(event) }
    switch event {
    case .batch(let progress, _), .progress(let progress): bar(progress)
    case .completed(let certificate):
      let skipped = certificate.skipped.sorted { $0.key < $1.key }.map { "\n      \($0.value) × \($0.key)" }
        .joined()
      // Where workers share an update, none of their batches is known to be its last.
      removeBar(certificate.name)
      line(
        of: certificate.name,
        "complete, \(Text.count(certificate.scanned, "row")) looked at, \(Text.count(certificate.written)) written\(skipped)"
      )
    case .failed(let name, let error, let attempt, let delay):
      line(of: name, "failed (attempt \(attempt), tried again in \(Text.duration(delay))): \(error)")
    case .parked(let name, let reason):
      removeBar(name)
      line(of: name, "parked: \(reason)")
    case .started: break
    case .takenOver(let name, let worker): line(of: name, "taken over from \(worker)")
    case .stalled(let name, let remaining):
      line(of: name, "writes rows, but no fewer are left (\(Text.count(remaining)))")
    case .waiting(let reasons):
      for (name, reason) in reasons.sorted(by: { $0.key < $1.key }) { line(of: name, reason) }
    case .health(let verdict): line(Text.health(verdict))
    case .disconnected(let error): line(Self.lost(error))
    case .reconnected: line(Self.found)
    }
  }

  private static func lost(_ error: String) -> String {
    "the connection to the database is lost; trying again: \(error)"
  }
  private static let found = "connected again"

  func show(_ event: PresenceEvent) {
    if format == .json { return showJSON(event) }
    switch event {
    case .lost(let reason): line("this process's announcement of its version is lost: \(reason)")
    case .restored: line("this process has announced its version again")
    case .refused: line("this process's version has been shut out; stopping")
    }
  }

  private func bar(_ progress: UpdateProgressReport) {
    var progress = progress
    progress.name = named(progress.name)
    screen.display.withLock { [progress] in Terminal.draw($0.show(progress, at: .now, size: .current)) }
  }

  /// An update that does not go on has no bar.
  private func removeBar(_ name: String) { screen.display.withLock { $0.remove(named(name)) } }
}

extension ProgressPrinter {
  /// One event as a line of JSON.
  private struct Event: Encodable {
    var event: String
    var name: String?
    var step: String?
    var number: Int?
    var count: Int?
    var durationMs: Int?
    var scanned: Int?
    var written: Int?
    var remaining: Int?
    var fraction: Double?
    var rowsPerS: Double?
    var etaMinMs: Int?
    var etaMaxMs: Int?
    var phase: String?
    var skipped: [String: Int]?
    var error: String?
    var holder: String?
    var holders: [String]?
    var reasons: [String: String]?
    var state: String?
    var database: String?
  }

  private func write(_ event: Event) {
    var event = event
    event.database = database
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(event) else { return }
    screen.display.withLock { _ in Terminal.data(String(decoding: data, as: UTF8.self)) }
  }

  private func showJSON(_ event: MigrationEvent) {
    switch event {
    case .waiting(let holder): write(Event(event: "waiting", holder: holder))
    case .versionsRunning(let holders, let compat):
      write(Event(event: "versions_running", number: compat, holders: holders.map(\.description)))
    case .writesOpen(let holders, let compat):
      write(Event(event: "writes_open", number: compat, holders: holders))
    case .planned(let plan): write(Event(event: "planned", count: plan.steps.count))
    case .stepStarted(let step, let number, let count):
      write(Event(event: "step_started", name: step.kind, step: "\(step)", number: number, count: count))
    case .stepRetried(let step, let error, let delay):
      write(
        Event(
          event: "step_retried", name: step.kind, step: "\(step)", durationMs: delay.milliseconds,
          error: error))
    case .stepFinished(let step, let duration):
      write(
        Event(event: "step_finished", name: step.kind, step: "\(step)", durationMs: duration.milliseconds))
    case .update(let progress): writeProgress(progress)
    case .disconnected(let error): write(Event(event: "disconnected", error: error))
    case .reconnected: write(Event(event: "reconnected"))
    }
  }

  private func showJSON(_ event: UpdateEvent) {
    switch event {
    case .started(let name, let isResumed):
      write(Event(event: isResumed ? "resumed" : "started", name: name))
    case .takenOver(let name, let worker): write(Event(event: "taken_over", name: name, holder: worker))
    case .batch(let progress, _), .progress(let progress): writeProgress(progress)
    case .completed(let certificate):
      write(
        Event(
          event: "completed", name: certificate.name, durationMs: Int(certificate.milliseconds),
          scanned: certificate.scanned, written: certificate.written, skipped: certificate.skipped))
    case .failed(let name, let error, let attempt, let delay):
      write(Event(event: "failed", name: name, number: attempt, durationMs: delay.milliseconds, error: error))
    case .parked(let name, let reason): write(Event(event: "parked", name: name, error: reason))
    case .stalled(let name, let remaining): write(Event(event: "stalled", name: name, remaining: remaining))
    case .waiting(let reasons): write(Event(event: "waiting", reasons: reasons))
    case .health(let verdict):
      write(
        Event(
          event: "health",
          reasons: Dictionary(uniqueKeysWithValues: verdict.readings.map { ($0.signal.rawValue, "\($0)") }),
          state: verdict.state))
    case .disconnected(let error): write(Event(event: "disconnected", error: error))
    case .reconnected: write(Event(event: "reconnected"))
    }
  }

  private func showJSON(_ event: PresenceEvent) {
    switch event {
    case .lost(let reason): write(Event(event: "announcement_lost", error: reason))
    case .restored: write(Event(event: "announced_again"))
    case .refused(let error): write(Event(event: "shut_out", error: error.message))
    }
  }

  private func writeProgress(_ progress: UpdateProgressReport) {
    write(
      Event(
        event: "batch", name: progress.name, scanned: progress.scanned, written: progress.written,
        remaining: progress.remaining, fraction: progress.fraction.map { Self.rounded($0, digits: 4) },
        rowsPerS: progress.rate.map { Self.rounded($0, digits: 2) },
        etaMinMs: progress.eta?.lowerBound.milliseconds, etaMaxMs: progress.eta?.upperBound.milliseconds,
        phase: progress.phase))
  }

  private static func rounded(_ number: Double, digits: Int) -> Double {
    let power = pow(10, Double(digits))
    return (number * power).rounded() / power
  }
}
