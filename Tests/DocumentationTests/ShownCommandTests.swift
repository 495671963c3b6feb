import ArgumentParser
import Foundation
import GradusCommand
import GradusTestSupport
import ProgramTestSupport
import Testing

@testable import homeserver

/// Every command that a page shows in a block is run, or at least read by the program's own parser.
@Suite struct ShownCommandTests {
  /// What is there when a page's commands begin; on other pages there must be none of `gradus` and `homeserver`.
  static let stages: [String: Sandbox.Stage] = [
    "README.md": .empty,
    "docs/column-change/README.md": .example(sqlite: nil, postgres: nil),
    "docs/resigning.md": .example(sqlite: nil, postgres: 88),
    "docs/statistics.md": .example(sqlite: nil, postgres: 88),
    "docs/user-directory.md": .example(sqlite: nil, postgres: 88),
    "Sources/Gradus/Gradus.docc/AdminAPI.md": .empty,
    "Sources/Gradus/Gradus.docc/BackgroundUpdates.md": .shop(),
    "Sources/Gradus/Gradus.docc/CompatChecks.md": .shop(postgres: true),
    "Sources/Gradus/Gradus.docc/CompatFloor.md": .example(sqlite: nil, postgres: 88),
    "Sources/Gradus/Gradus.docc/Operating.md": .example(sqlite: 86, postgres: nil),
    "Sources/Gradus/Gradus.docc/PlanningAChange.md": .example(sqlite: 88, postgres: nil),
    "Sources/Gradus/Gradus.docc/PortingToPostgreSQL.md": .shop(),
    "Sources/Gradus/Gradus.docc/RollingBack.md": .example(sqlite: 88, postgres: nil),
    "Sources/Gradus/Gradus.docc/Squashing.md": .example(sqlite: nil, postgres: nil),
    "Sources/Gradus/Gradus.docc/WritingADelta.md": .example(sqlite: nil, postgres: nil),
    "Sources/Gradus/Gradus.docc/WritingAnUpdate.md": .example(sqlite: nil, postgres: nil),
  ]

  /// What a page asks its reader to do by hand, before the command.
  static let byHand: [String: [String: String]] = [
    "README.md": [
      "gradus new delta totals": """
      sed -i 's/^version: 1/version: 2/; s/^  1: .*/&\\n  2: {compat: 1}/' schema/schema.yaml
      """,
      "gradus check": """
      cat > delta/main/2/01_totals.sql <<'END'
      \(tourBlock(containing: "CREATE TABLE totals"))
      END
      cat > delta/main/2/02_fill_totals.updates.yaml <<'END'
      \(tourBlock(containing: "name: fill_totals"))
      END
      """,
      "gradus --generate-completion-script bash > ~/.local/share/bash-completion/completions/gradus":
        "mkdir -p $SANDBOX/.local/share/bash-completion/completions",
      "gradus --generate-completion-script zsh > ~/.zsh/completions/_gradus":
        "mkdir -p $SANDBOX/.zsh/completions",
      "gradus --generate-completion-script fish > ~/.config/fish/completions/gradus.fish":
        "mkdir -p $SANDBOX/.config/fish/completions",
    ],
    "Sources/Gradus/Gradus.docc/CompatFloor.md": [
      "gradus queries import --database postgres://... --role shop": """
      psql -q "$SANDBOX_POSTGRES" -c 'CREATE EXTENSION pg_stat_statements' \
        -c "DO 'BEGIN CREATE ROLE shop; EXCEPTION WHEN duplicate_object THEN NULL; END'"
      """
    ],
    "docs/statistics.md": [
      "homeserver stats show '!room:example.org'": "homeserver stats regenerate && homeserver updates run"
    ],
    "Sources/Gradus/Gradus.docc/CompatChecks.md": [
      "gradus schema dump --engine postgres": "export GRADUS_SCRATCH=\"$SANDBOX_SCRATCH\""
    ],
    "Sources/Gradus/Gradus.docc/PortingToPostgreSQL.md": [
      "gradus port --from sqlite:shop.db --to postgres://localhost/shop --dry-run": "gradus updates run",
      "homeserver port --from homeserver.db --to postgres://localhost/homeserver": """
      export GRADUS_SCHEMA_ROOT="\(BuiltProgram.packageRoot.path)"
      homeserver sample --rooms 8 --memberships 40 --users 20 --database homeserver.db &&
        homeserver migrate --database homeserver.db && homeserver updates run --database homeserver.db
      """,
    ],
  ]

  private static func tourBlock(containing text: String) -> String {
    guard
      let block = Page.all.first(where: { $0.path == "README.md" })?.blocks.first(where: {
        $0.text.contains(text)
      })
    else { fatalError("the README shows no '\(text)'") }
    return block.text
  }

  @Test(arguments: Page.all) func commandsDoWhatThePageSays(_ page: Page) async throws {
    let exceptions = Treatment.exceptions[page.path] ?? [:]
    let programs = page.commands.filter { ["gradus", "homeserver"].contains($0.words[0]) }
    for text in exceptions.keys where !programs.contains(where: { $0.text == text }) {
      Issue.record("the page does not show '\(text)' any more")
    }
    #expect(Self.stages[page.path] == nil || !programs.isEmpty, "a sandbox, and no commands for it")
    var run: [ShownCommand] = []
    for command in programs {
      if case .parsed = exceptions[command.text] {
        try Self.parse(command)
      } else {
        run.append(command)
      }
    }
    guard !run.isEmpty else { return }
    let stage = try #require(Self.stages[page.path], "commands on a page without a sandbox: \(run)")
    try await Sandbox.with(stage) { sandbox in
      let result = try await sandbox.run(script(page, Set(run)))
      for (number, command) in run.enumerated() {
        let text = try? String(
          contentsOf: sandbox.folder.appending(path: "log/\(number)"), encoding: .utf8)
        let code = (text?.split(separator: "\n").last).flatMap { Int32($0) }
        var expected: Int32 = 0
        if case .exits(let code) = exceptions[command.text] { expected = code }
        #expect(code == expected, "\(command.text)\n\(text ?? "was not run: \(result)")")
      }
    }
  }

  /// The page's commands with what the shell does around them, each with its output and exit code in a file.
  private func script(_ page: Page, _ run: Set<ShownCommand>) -> String {
    var lines = ["mkdir -p \"$SANDBOX/log\""]
    var (number, document) = (0, String?.none)
    for line in page.blocks.flatMap(\.lines) {
      if let end = document {
        lines.append(line)
        if line == end { document = nil }
      } else if let command = ShownCommand(line: line), run.contains(command) {
        let byHand = Self.byHand[page.path]?[command.text] ?? ":"
        lines += [
          "{ \(byHand)\n\(used(command.text))",
          "} > \"$SANDBOX/log/\(number)\" 2>&1 < /dev/null; echo $? >> \"$SANDBOX/log/\(number)\"",
        ]
        number += 1
      } else if ["mkdir ", "cd ", "export ", "cat > "].contains(where: line.hasPrefix) {
        lines.append(used(line))
        if let match = line.firstMatch(of: /<<'(\w+)'/) { document = String(match.1) }
      }
    }
    return lines.joined(separator: "\n")
  }

  private func used(_ line: String) -> String {
    Treatment.placeholders.reduce(line) { $0.replacing($1.shown, with: $1.used) }
  }

  /// - Parameter isMentioned: whether arguments may be missing.
  static func parse(_ command: ShownCommand, isMentioned: Bool = false) throws {
    let words = Array(command.words.dropFirst())
    do {
      if command.words[0] == "homeserver" {
        _ = try HomeserverCommandLine.parseAsRoot(words)
      } else {
        _ = try GradusCommandLine<Nothing>.parseAsRoot(words)
      }
    } catch
      where isMentioned && HomeserverCommandLine.message(for: error).contains("Missing expected argument")
    {
    } catch { Issue.record("\(command.text): \(error)") }
  }

  private struct Nothing: SchemaApplication { static let name = "gradus" }

  /// Commands within the text, of which some are only mentioned: without what they need.
  @Test(arguments: Page.all) func commandsInTheTextAreKnown(_ page: Page) throws {
    for span in page.spans where ["gradus ", "homeserver "].contains(where: span.hasPrefix) {
      let optional = /\[[^\]]*\]/
      guard let command = ShownCommand(line: span.replacing(optional, with: "")) else { continue }
      try Self.parse(command, isMentioned: true)
    }
  }

  /// Of tools and of swift itself, names and flags are looked up: they run for minutes, or are what runs these tests.
  @Test(arguments: Page.all) func toolsAndTheirFlagsAreThere(_ page: Page) async throws {
    for command in page.commands where command.words[0].hasPrefix("tools/") {
      // What it runs is a command itself.
      guard command.words[0] != "tools/with-postgres" else { continue }
      let usage = try await ToolUsage.of(command.words[0])
      for word in command.words.dropFirst() where word.hasPrefix("-") {
        let flag = String(word.split(separator: "=")[0])
        #expect(usage.knows(flag: flag), "\(command.text): \(flag) is not in the usage")
      }
      // What follows a flag is its value; other words are parts or targets.
      for (before, word) in zip(command.words, command.words.dropFirst())
      where !word.hasPrefix("-") && !before.hasPrefix("-") {
        #expect(usage.knows(word: word), "\(command.text): \(word) is not in the usage")
      }
    }
    let products = try String(
      contentsOf: BuiltProgram.packageRoot.appending(path: "Package.swift"), encoding: .utf8)
    for command in page.commands where command.words[0] == "swift" {
      #expect(["build", "test", "format", "package", "run"].contains(command.words[1]), "\(command.text)")
      for (flag, name) in zip(command.words, command.words.dropFirst())
      where ["--product", "--target"].contains(flag) {
        #expect(products.contains("name: \"\(name)\""), "\(command.text)")
      }
    }
  }
}
