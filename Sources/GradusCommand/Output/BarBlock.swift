/// The last lines of a terminal, one for each thing that runs, drawn again in their place. Pure: lines go in, text for
/// the terminal comes out.
///
/// After each drawing the cursor is on the line below the block, so that whatever else is written begins on a line of
/// its own.
struct BarBlock {
  private var lines: [(name: String, text: String)] = []
  /// What is written above the block by the next drawing and then stays.
  private var permanent: [String] = []
  /// How many lines of the terminal the block takes now.
  private var height = 0

  /// Sets a thing's line; a new one comes last.
  mutating func set(_ name: String, _ text: String) {
    if let index = lines.firstIndex(where: { $0.name == name }) {
      lines[index].text = text
    } else {
      lines.append((name, text))
    }
  }

  /// Takes a thing's line out of the block.
  mutating func remove(_ name: String) { lines.removeAll { $0.name == name } }

  /// Takes a thing's line out of the block and leaves this one above it for good.
  mutating func finish(_ name: String, _ text: String) {
    remove(name)
    write(text)
  }

  /// A line above the block that stays.
  mutating func write(_ text: String) { permanent.append(text) }

  /// What draws the block in the place where it was drawn last.
  mutating func draw(_ size: TerminalSize) -> String {
    var text = height > 0 ? "\r\u{1B}[\(height)A" : ""
    let shown = visible(size)
    if height > 0, !permanent.isEmpty || shown.count < height {
      // Permanent lines may be as long as they like, and cover the block in ways that only the terminal knows.
      text += "\u{1B}[J"
    }
    for line in permanent { text += line + "\n" }
    permanent = []
    for line in shown { text += Self.cut(line, to: size.columns - 1) + "\u{1B}[K\n" }
    height = shown.count
    return text
  }

  /// What fits: the cursor cannot go up beyond the top of the terminal.
  private func visible(_ size: TerminalSize) -> [String] {
    let most = max(1, size.rows - 1)
    guard lines.count > most else { return lines.map(\.text) }
    return lines.prefix(most - 1).map(\.text) + ["... and \(lines.count - most + 1) more"]
  }

  /// The beginning of a line, without anything that would move the cursor. A line as long as the terminal is wide would
  /// make some terminals begin another.
  private static func cut(_ line: String, to columns: Int) -> String {
    let text = Text.printable(line)
    guard Text.width(text) > columns else { return text }
    return columns > 1 ? Text.prefix(text, columns: columns - 1) + "…" : Text.prefix(text, columns: columns)
  }
}
