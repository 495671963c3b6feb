#if AdminAPI
  import ArgumentParser
  import GradusAdmin

  struct TokenNewCommand<App: SchemaApplication>: AsyncParsableCommand, FormattedCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        commandName: "new", abstract: "Print a new token, and the line for the token file.",
        discussion: App.help(
          "The token is shown this once and stored nowhere; the file holds its hash.",
          examples: "token new --label me", "token new --scope read --label grafana"))
    }

    @Option(help: "What it may do: admin, or read.") var scope: TokenScope = .admin
    @Option(help: "Who gets it, for the log.") var label = "operator"
    @OptionGroup var output: OutputOptions

    private struct Document: Encodable {
      var format = 1
      var token: String
      var line: String
    }

    func validate() throws {
      guard !label.isEmpty, !label.contains(where: { $0.isNewline || $0 == "#" }), label.first != " " else {
        throw ValidationError("a label is one line without a '#'")
      }
    }

    func run() async throws {
      let token = FreshToken(scope: scope, label: label)
      switch output.format {
      case .text: Terminal.result("\(token.text)\n\(token.entry.line)")
      case .json: try Terminal.json(Document(token: token.text, line: token.entry.line))
      }
    }
  }

  extension TokenScope: ExpressibleByArgument {}
#endif
