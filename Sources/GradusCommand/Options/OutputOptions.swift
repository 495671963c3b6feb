import ArgumentParser

/// How results are written.
struct OutputOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  @Option(help: "How results are written.")
  var format: Format = .text
}
