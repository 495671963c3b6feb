import Testing

@testable import GradusCommand

@Suite struct BarBlockTests {
  private let size = TerminalSize(columns: 40, rows: 10)

  @Test func linesAreDrawnInTheirPlace() {
    var block = BarBlock()
    block.set("a", "a 1")
    #expect(block.draw(size) == "a 1\u{1B}[K\n")
    block.set("b", "b 1")
    #expect(block.draw(size) == "\r\u{1B}[1Aa 1\u{1B}[K\nb 1\u{1B}[K\n")
    block.set("a", "a 2")
    #expect(block.draw(size) == "\r\u{1B}[2Aa 2\u{1B}[K\nb 1\u{1B}[K\n")
  }

  @Test func whatIsDoneStaysAbove() {
    var screen = Screen()
    var block = BarBlock()
    block.set("a", "a 1")
    block.set("b", "b 1")
    screen.write(block.draw(size))
    block.finish("a", "a done")
    screen.write(block.draw(size))
    #expect(screen.lines == ["a done", "b 1"])
    block.write("a message, longer than the line that was here")
    block.set("b", "b 2")
    screen.write(block.draw(size))
    #expect(screen.lines == ["a done", "a message, longer than the line that was here", "b 2"])
    block.finish("b", "b done")
    screen.write(block.draw(size))
    #expect(screen.lines.suffix(2) == ["a message, longer than the line that was here", "b done"])
    screen.write("afterwards\n")
    #expect(screen.lines.suffix(2) == ["b done", "afterwards"])
  }

  @Test func aRemovedLineLeavesNothing() {
    var screen = Screen()
    var block = BarBlock()
    for name in ["a", "b", "c"] { block.set(name, "\(name) is at work") }
    screen.write(block.draw(size))
    block.remove("b")
    screen.write(block.draw(size))
    #expect(screen.lines == ["a is at work", "c is at work"])
    block.remove("a")
    block.remove("c")
    screen.write(block.draw(size))
    #expect(screen.lines.isEmpty)
    #expect(block.draw(size).isEmpty)
  }

  @Test func linesAreCutToTheTerminal() {
    var block = BarBlock()
    block.set("a", "0123456789")
    #expect(block.draw(TerminalSize(columns: 11, rows: 10)) == "0123456789\u{1B}[K\n")
    #expect(block.draw(TerminalSize(columns: 10, rows: 10)) == "\r\u{1B}[1A01234567…\u{1B}[K\n")
    #expect(block.draw(TerminalSize(columns: 2, rows: 10)) == "\r\u{1B}[1A0\u{1B}[K\n")
    #expect(block.draw(TerminalSize(columns: 1, rows: 1)) == "\r\u{1B}[1A\u{1B}[K\n")
  }

  /// A line that is too long would make the terminal begin another, and the block would be drawn in the wrong place.
  @Test func wideCharactersAreCutToTheTerminal() {
    var block = BarBlock()
    block.set("a", "注文注文注文")
    #expect(block.draw(TerminalSize(columns: 13, rows: 10)) == "注文注文注文\u{1B}[K\n")
    #expect(block.draw(TerminalSize(columns: 10, rows: 10)) == "\r\u{1B}[1A注文注文…\u{1B}[K\n")
    #expect(block.draw(TerminalSize(columns: 9, rows: 10)) == "\r\u{1B}[1A注文注…\u{1B}[K\n")
  }

  /// A name is what the database says.
  @Test func aLineCannotMoveTheCursor() {
    var block = BarBlock()
    block.set("a", "two\nlines\u{1B}[2J\r")
    #expect(block.draw(size) == "two\u{FFFD}lines\u{FFFD}[2J\u{FFFD}\u{1B}[K\n")
  }

  @Test func moreThanTheTerminalHoldsAreCounted() {
    var screen = Screen()
    var block = BarBlock()
    for number in 1...7 { block.set("\(number)", "line \(number)") }
    let low = TerminalSize(columns: 40, rows: 4)
    screen.write(block.draw(low))
    #expect(screen.lines == ["line 1", "line 2", "... and 5 more"])
    block.remove("2")
    screen.write(block.draw(low))
    #expect(screen.lines == ["line 1", "line 3", "... and 4 more"])
  }
}

/// As much of a terminal as the block needs, of unlimited width.
struct Screen {
  private var cells: [String] = [""]
  private var row = 0
  private var column = 0

  /// The lines above the cursor.
  var lines: [String] { Array(cells[..<row]) }

  mutating func write(_ text: String) {
    // By scalars, as a line feed and a character before it may make one.
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      switch scalar {
      case "\n":
        row += 1
        column = 0
        if row == cells.count { cells.append("") }
      case "\r": column = 0
      case "\u{1B}":
        precondition(rest.popFirst() == "[")
        let number = rest.prefix { ("0"..."9").contains($0) }
        rest = rest.dropFirst(number.count)
        switch rest.popFirst() {
        case "A": row -= Int(String(number)) ?? 1
        case "K": cells[row] = String(cells[row].prefix(column))
        case "J": cells = Array(cells[..<row]) + [String(cells[row].prefix(column))]
        default: preconditionFailure("unknown sequence")
        }
        precondition(row >= 0)
      default:
        let line = cells[row]
        cells[row] = String(line.prefix(column)) + String(scalar) + String(line.dropFirst(column + 1))
        column += 1
      }
    }
  }
}
