import Gradus
import Testing

@testable import GradusCommand

@Suite struct ProgressDisplayTests {
  private let size = TerminalSize(columns: 120, rows: 30)
  private let start = ContinuousClock.now

  private func progress(_ name: String, _ scanned: Int, isComplete: Bool = false) -> UpdateProgressReport {
    UpdateProgressReport(
      name: name, scanned: scanned, written: 0, remaining: 100 - scanned, isComplete: isComplete)
  }

  @Test func elsewhereEachUpdateHasALineEveryTwoSeconds() {
    var display = ProgressDisplay(isInteractive: false)
    var written: [String] = []
    for tenth in 0...50 {
      let now = start + .milliseconds(tenth * 100)
      for name in tenth < 10 ? ["a"] : ["a", "b"] {
        written.append(display.show(progress(name, tenth), at: now, size: size))
      }
    }
    let lines = written.filter { !$0.isEmpty }
    #expect(lines.map { $0.contains(" a: ") ? "a" : "b" } == ["a", "b", "a", "b", "a"])
    #expect(lines.allSatisfy { $0.hasSuffix("\n") && !$0.contains("\u{1B}") })
    #expect(display.line("a message", size: size) == "a message\n")
  }

  @Test func onATerminalThereIsABlock() {
    var display = ProgressDisplay(isInteractive: true)
    var screen = Screen()
    screen.write(display.line("begun", size: size))
    screen.write(display.show(progress("a", 10), at: start, size: size))
    screen.write(display.show(progress("b", 20), at: start + .seconds(1), size: size))
    #expect(screen.lines.count == 3)
    screen.write(display.show(progress("a", 100, isComplete: true), at: start + .seconds(1), size: size))
    screen.write(display.line("a: complete", size: size))
    screen.write(display.show(progress("b", 30), at: start + .seconds(2), size: size))
    #expect(
      screen.lines.map { String($0.suffix(11)) } == ["begun", "a: 100 rows", "a: complete", " b: 30 rows"])
    display.remove("b")
    screen.write(display.line("b: parked", size: size))
    #expect(screen.lines.last == "b: parked" && screen.lines.count == 4)
  }

  @Test func itIsNotDrawnFasterThanAnyoneReads() {
    var display = ProgressDisplay(isInteractive: true)
    var screen = Screen()
    screen.write(display.show(progress("a", 1), at: start, size: size))
    #expect(display.show(progress("a", 2), at: start + .milliseconds(49), size: size).isEmpty)
    screen.write(display.show(progress("a", 3), at: start + .milliseconds(50), size: size))
    #expect(screen.lines.last?.hasSuffix("a: 3 rows") == true)
    #expect(display.show(progress("a", 4), at: start + .milliseconds(51), size: size).isEmpty)
    // The end is always drawn, with what was left out before.
    screen.write(display.show(progress("b", 1, isComplete: true), at: start + .milliseconds(52), size: size))
    #expect(screen.lines.map { String($0.suffix(9)) } == ["b: 1 rows", "a: 4 rows"])
  }
}
