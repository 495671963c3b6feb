package import ArgumentParser

/// How results are written.
package struct OutputOptions: ParsableArguments {
  package enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  @Option(help: "How results are written.")
  package var format: Format = .text

  package init() {}

  init(_ format: Format) { self.format = format }
}
