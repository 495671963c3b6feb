import Foundation
package import Gradus
package import GradusUpdates
import Synchronization

/// Shows what goes on: bars on a terminal, plain lines elsewhere, events as JSON lines where that is asked for.
package final class ProgressPrinter: Sendable {
  private struct State {
    var starts: [String: (time: ContinuousClock.Instant, scanned: Int)] = [:]
    var lastLine: [String: ContinuousClock.Instant] = [:]
    var barIsDrawn = false
  }

  private let format: OutputOptions.Format
  private let state = Mutex(State())

  package init(_ format: OutputOptions.Format) { self.format = format }

  /// A line of its own.
  package func line(_ text: String) {
    state.withLock { state in
      endBar(&state)
      Terminal.message(text)
    }
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
    case .batch(let progress, _), .progress(let progress): bar(progress)
    case .completed(let certificate):
      let skipped = certificate.skipped.sorted { $0.key < $1.key }.map { "\n      \($0.value) × \($0.key)" }
        .joined()
      line(
        "\(certificate.name): complete, \(Text.count(certificate.scanned)) rows looked at, \(Text.count(certificate.written)) written\(skipped)"
      )
    case .failed(let name, let error, let attempt, let delay):
      line("\(name): failed (attempt \(attempt), tried again in \(Text.duration(delay))): \(error)")
    case .parked(let name, let reason): line("\(name): parked: \(reason)")
    case .started: break
    case .takenOver(let name, let worker): line("\(name): taken over from \(worker)")
    case .stalled(let name, let remaining):
      line("\(name): writes rows, but no fewer are left (\(Text.count(remaining)))")
    case .waiting(let reasons):
      for (name, reason) in reasons.sorted(by: { $0.key < $1.key }) { line("\(name): \(reason)") }
    case .health(let verdict): line(Text.health(verdict))
    }
  }

  private func bar(_ progress: UpdateProgressReport) {
    state.withLock { state in
      let now = ContinuousClock.now
      let start = state.starts[progress.name] ?? (now, 0)
      if state.starts[progress.name] == nil { state.starts[progress.name] = (now, progress.scanned) }
      let seconds = Double(milliseconds: now - start.time) / 1000
      let rate = seconds > 0 ? Double(progress.scanned - start.scanned) / seconds : 0
      if Terminal.errorIsInteractive {
        Terminal.draw("\r\u{1B}[K" + Text.bar(progress, rate: rate))
        state.barIsDrawn = true
        if progress.isComplete { endBar(&state) }
      } else if state.lastLine[progress.name].map({ now - $0 > .seconds(2) }) ?? true {
        state.lastLine[progress.name] = now
        Terminal.message(Text.bar(progress, rate: rate))
      }
    }
  }

  private func endBar(_ state: inout State) {
    if state.barIsDrawn { Terminal.draw("\n") }
    state.barIsDrawn = false
  }
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
    var skipped: [String: Int]?
    var error: String?
    var holder: String?
    var reasons: [String: String]?
    var state: String?
  }

  private func write(_ event: Event) {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(event) else { return }
    state.withLock { _ in Terminal.result(String(decoding: data, as: UTF8.self)) }
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
    }
  }

  private func writeProgress(_ progress: UpdateProgressReport) {
    write(
      Event(
        event: "batch", name: progress.name, scanned: progress.scanned, written: progress.written,
        remaining: progress.remaining))
  }
}
