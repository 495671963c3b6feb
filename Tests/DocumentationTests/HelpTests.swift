import ArgumentParser
import Foundation
import GradusCommand
import ProgramTestSupport
import Testing

@testable import homeserver

/// Each command explains itself: `--help`, and whatever else is made from the parser's own description.
@Suite struct HelpTests {
  /// What `--experimental-dump-help` says of a command.
  struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var superCommands: [String]?
    var subcommands: [Command]?
    var arguments: [Argument]?

    struct Argument: Decodable {
      var kind: String
      var valueName: String?
      var abstract: String?
    }

    var path: String { ((superCommands ?? []) + [commandName]).joined(separator: " ") }

    /// This command and those below it, without `help`, which is the parser's.
    var all: [Command] {
      [self] + (subcommands ?? []).filter { $0.commandName != "help" }.flatMap(\.all)
    }
  }

  private struct Dump: Decodable { var command: Command }

  private static func commands(of program: Program) async throws -> [Command] {
    let result = try await program.run(["--experimental-dump-help"])
    return try JSONDecoder().decode(Dump.self, from: Data(result.output.utf8)).command.all
  }

  @Test(arguments: [false, true]) func everythingIsExplained(isExample: Bool) async throws {
    let commands = try await Self.commands(of: isExample ? .homeserver : .gradus)
    #expect(commands.count > 30)
    for command in commands {
      #expect(command.abstract?.isEmpty == false, "\(command.path) says nothing")
      for argument in command.arguments ?? [] {
        #expect(
          argument.abstract?.isEmpty == false,
          "\(command.path) does not say what its \(argument.kind) '\(argument.valueName ?? "")' is")
      }
    }
  }

  @Test(arguments: [false, true]) func examplesAreThereAndCanBeRead(isExample: Bool) async throws {
    let commands = try await Self.commands(of: isExample ? .homeserver : .gradus)
    for command in commands where (command.subcommands ?? []).isEmpty {
      let lines = (command.discussion ?? "").split(separator: "\n").map(String.init)
      let examples = lines.drop { $0 != "Examples:" }.dropFirst().compactMap(ShownCommand.init(line:))
      #expect(!examples.isEmpty, "\(command.path) has no example")
      for example in examples {
        // The default command of 'check' is shown without its name.
        let path = command.path.replacing(" rules", with: "")
        #expect(
          example.text == path || example.text.hasPrefix(path + " "), "\(command.path): \(example.text)")
        try ShownCommandTests.parse(example)
      }
    }
  }

  /// 'gradus help updates run' and 'gradus updates run --help' say the same.
  @Test func helpIsThereInTwoWays() async throws {
    let one = try await Program.gradus.run(["help", "updates", "run"])
    let other = try await Program.gradus.run(["updates", "run", "--help"])
    #expect(one.code == 0 && one.output == other.output)
    #expect(
      one.output.contains("OVERVIEW:") && one.output.contains("  gradus updates run fill_totals\n"), "\(one)")
  }
}
