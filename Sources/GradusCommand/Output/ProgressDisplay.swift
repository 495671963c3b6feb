import Gradus

/// Turns progress and messages into what is written: bars that are drawn in place on a terminal, elsewhere a line for
/// each update every two seconds. Pure: the time goes in.
struct ProgressDisplay {
  private let isInteractive: Bool
  private var block = BarBlock()
  private var lastDrawing: ContinuousClock.Instant?
  private var lastLines: [String: ContinuousClock.Instant] = [:]

  /// Faster than this nobody reads, and a terminal far away is slow.
  private static let drawingInterval = Duration.milliseconds(50)
  private static let lineInterval = Duration.seconds(2)

  /// - Parameter isInteractive: whether a terminal shows it.
  init(isInteractive: Bool) { self.isInteractive = isInteractive }

  /// What to write for an update's progress; empty where it is too soon.
  mutating func show(
    _ progress: UpdateProgressReport, at now: ContinuousClock.Instant, size: TerminalSize
  ) -> String {
    guard isInteractive else {
      if let last = lastLines[progress.name], now - last <= Self.lineInterval { return "" }
      lastLines[progress.name] = now
      return Text.bar(progress) + "\n"
    }
    let text = Text.bar(progress, columns: size.columns - 1)
    if progress.isComplete {
      block.finish(progress.name, text)
    } else {
      block.set(progress.name, text)
      if let lastDrawing, now - lastDrawing < Self.drawingInterval { return "" }
    }
    lastDrawing = now
    return block.draw(size)
  }

  /// What to write for a message, which stays.
  mutating func line(_ text: String, size: @autoclosure () -> TerminalSize) -> String {
    guard isInteractive else { return text + "\n" }
    block.write(text)
    return block.draw(size())
  }

  /// An update that does not go on has no bar; the next drawing is without it.
  mutating func remove(_ name: String) { block.remove(name) }
}
