import Foundation
package import Gradus
package import GradusUpdates
import Synchronization

/// Shows what goes on: bars on a terminal, plain lines elsewhere, events as JSON lines where that is asked for.
package final class ProgressPrinter: Sendable {
  private let format: OutputOptions.Format
  private let display = Mutex(ProgressDisplay(isInteractive: Terminal.errorIsInteractive))

  package init(_ format: OutputOptions.Format) { self.format = format }

  /// A line of its own.
  package func line(_ text: String) {
    display.withLock { Terminal.draw($0.line(text, size: .current)) }
  }

  package func show(_ event: MigrationEvent) {
    if format == .json { return showJSON(event) }
    switch event {
    case .waiting(let holder): line("waiting: another process migrates: \(holder)")
    case .planned: break
    case .stepStarted(let step, let number, let count): line("[\(number)/\(count)] \(step)")
    case .stepRetried(_, let error, let delay): line("      \(error); trying again in \(delay)")
    case .stepFinished(_, let duration): line("      done in \(Text.duration(duration))")
    case .update(let progress): bar(progress)
    }
  }

  package func show(_ event: UpdateEvent) {
    if format == .json { return showJSON(event) }
    switch event {
    case .batch(let progress): bar(progress)
    case .completed(let name, let statistics):
      let skipped = statistics.skipped.sorted { $0.key < $1.key }.map { "\n      \($0.value) × \($0.key)" }
        .joined()
      line(
        "\(name): complete, \(Text.count(statistics.scanned)) rows looked at, \(Text.count(statistics.written)) written\(skipped)"
      )
    case .failed(let name, let error, let attempt): line("\(name): failed (attempt \(attempt)): \(error)")
    case .parked(let name, let reason):
      removeBar(name)
      line("\(name): parked: \(reason)")
    }
  }

  private func bar(_ progress: UpdateProgressReport) {
    display.withLock { Terminal.draw($0.show(progress, at: .now, size: .current)) }
  }

  /// An update that does not go on has no bar.
  private func removeBar(_ name: String) { display.withLock { $0.remove(name) } }
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
  }

  private func write(_ event: Event) {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(event) else { return }
    display.withLock { _ in Terminal.result(String(decoding: data, as: UTF8.self)) }
  }

  private func showJSON(_ event: MigrationEvent) {
    switch event {
    case .waiting(let holder): write(Event(event: "waiting", holder: holder))
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
    }
  }

  private func showJSON(_ event: UpdateEvent) {
    switch event {
    case .batch(let progress): writeProgress(progress)
    case .completed(let name, let statistics):
      write(
        Event(
          event: "completed", name: name, durationMs: Int(statistics.milliseconds),
          scanned: statistics.scanned,
          written: statistics.written, skipped: statistics.skipped))
    case .failed(let name, let error, let attempt):
      write(Event(event: "failed", name: name, number: attempt, error: error))
    case .parked(let name, let reason): write(Event(event: "parked", name: name, error: reason))
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
