import ArgumentParser
import Gradus
import GradusCheck

struct ExplainCommand<App: SchemaApplication>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "explain", abstract: "Say what a rule of 'check' finds, why, and what to do instead.",
      discussion: App.help(
        "Lists all rules where none is named.",
        examples: "explain", "explain C07"))
  }

  @Argument(help: "The rule, such as C01.", completion: .list(Rule.all.map(\.id))) var rule: String?

  func run() throws {
    guard let rule else {
      return Terminal.result(
        Rule.all.map { "\($0.id)  \($0.severity.rawValue): \($0.title)" }.joined(separator: "\n"))
    }
    guard let found = Rule.find(rule.uppercased()) else {
      throw GradusError(
        .invalidTree, "no rule is named '\(rule)'",
        hint: NearestName.of(rule.uppercased(), among: Rule.all.map(\.id)).map { "did you mean '\($0)'?" })
    }
    Terminal.result(
      """
      \(found.id) (\(found.severity.rawValue)): \(found.title)
      why:     \(found.reason)
      instead: \(found.fix)
      """)
  }
}
