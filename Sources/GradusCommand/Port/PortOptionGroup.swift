import ArgumentParser
import GradusPort

/// How a port is done.
struct PortOptionGroup: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A table of the source, or a column, that is not copied. May be given again.",
      valueName: "table[.column]"))
  var leaveOut: [String] = []
  @Option(
    help:
      "What to do with text that PostgreSQL cannot hold, with U+0000 or not UTF-8: stop and name it, remove what does not fit, or leave its row out."
  )
  var onNul: UnfitText = .fail
  @Option(help: ArgumentHelp("How many rows of each table are compared at the end.", valueName: "rows"))
  var sample = 200
  @Option(help: ArgumentHelp("How many rows a transaction copies at most.", valueName: "rows"))
  var chunkRows = 50_000
  @Option(
    help: ArgumentHelp(
      "How long to wait for another process that migrates, in seconds.", valueName: "seconds"))
  var lockTimeout = 10
  @Flag(help: "Copy all rows anew where this port was interrupted.") var startOver = false

  func validate() throws {
    guard sample >= 0, chunkRows > 0, lockTimeout >= 0 else {
      throw ValidationError("--sample and --lock-timeout must not be below 0, --chunk-rows not below 1")
    }
  }

  var options: PortOptions {
    PortOptions(
      leaveOut: Set(leaveOut), unfitText: onNul, sample: sample, startsOver: startOver,
      chunkRows: chunkRows, lockTimeout: .seconds(lockTimeout))
  }
}

extension UnfitText: ExpressibleByArgument {}
