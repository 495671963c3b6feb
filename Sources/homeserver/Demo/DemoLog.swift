import GradusCommand

/// What happened in the demo, and how long it took.
struct DemoLog {
  let printer: ProgressPrinter
  private var rows: [[String]] = []
  private(set) var isRight = true
  private let start = ContinuousClock.now

  init(printer: ProgressPrinter) { self.printer = printer }

  /// A step whose body says what came of it.
  mutating func step(_ name: String, _ body: () async throws -> String) async throws {
    printer.line("== \(name)")
    let start = ContinuousClock.now
    let result = try await body()
    printer.line("   \(result)")
    rows.append(["\(rows.count + 1)", name, result, Text.duration(.now - start)])
  }

  /// A step that may find something wrong.
  mutating func check(_ name: String, _ body: () async throws -> (Bool, String)) async throws {
    var isRight = false
    try await step(name) {
      let (right, result) = try await body()
      isRight = right
      return result
    }
    self.isRight = self.isRight && isRight
  }

  var table: String {
    let last = ["", isRight ? "all right" : "SOMETHING IS WRONG", "", Text.duration(.now - start)]
    return Text.table(["", "step", "result", "time"], rows + [last])
  }
}
