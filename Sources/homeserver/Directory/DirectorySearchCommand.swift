import ArgumentParser
import GradusCommand
import HomeserverSchema

struct DirectorySearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Find users by the beginnings of words of their ids and names.",
    discussion: Homeserver.help(
      "A line a user: the id, the name and the picture's address, separated by tabs.",
      examples: "directory search \"bob smi\" --as @alice:example.org --limit 5"))

  @Argument(help: "What to look for.") var term: String
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "Only those that this user may find: in public rooms, or in a private room together with the user.",
      valueName: "user"))
  var searcher: String?
  @Option(help: "How many users at most, up to 100.") var limit = 10
  @OptionGroup var schema: SchemaOptions
  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    guard 1...100 ~= limit else { throw ValidationError("--limit is 1 to 100") }
  }

  func run() async throws {
    let search = UserDirectorySearch(searcher.map { .visible(to: $0) } ?? .everybody, limit: limit)
    let term = term
    for match in try await MainDatabase(schema, database).read({ try search.find(term, on: $0) }) {
      Terminal.result(
        [match.userID, match.displayName ?? "", match.avatarURL ?? ""].map(Text.printable).joined(
          separator: "\t"))
    }
  }
}
