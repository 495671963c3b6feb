import ArgumentParser
import Foundation
import Gradus
import GradusCommand
import GradusSQL
import ProgramTestSupport
import Testing

@testable import homeserver

/// Errors as programs read them.
@Suite struct ErrorCodesTests {
  @Test func eachIsListed() throws {
    let page = BuiltProgram.packageRoot.appending(path: Page.catalog + "/Operating.md")
    let parts = try String(contentsOf: page, encoding: .utf8).components(
      separatedBy: "\n## Errors for programs\n")
    let section = try #require(parts.dropFirst().first?.components(separatedBy: "\n## ").first)
    let cells = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map {
      $0.split(separator: "|")[0]
    }
    let listed = cells.flatMap { cell in cell.matches(of: /`(\w+)`/).map { String($0.1) } }
    let codes = Set(GradusError.Code.allCases.map(\.rawValue)).union(SQLError.Code.allCases.map(\.rawValue))
    #expect(Set(listed) == codes, "\(codes.symmetricDifference(listed))")
    #expect(listed.count == codes.count)
  }

  @Test func eachCommandWithAFormatWritesThemInIt() {
    func all(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
      [command] + command.configuration.subcommands.flatMap { all($0) }
    }
    let commands = all(HomeserverCommandLine.self).filter { $0.configuration.subcommands.isEmpty }
    let formatted = commands.filter { command in
      HomeserverCommandLine.helpMessage(for: command, includeHidden: false, columns: 200)
        .contains("--format <format>")
    }
    #expect(formatted.count > 15)
    let others = formatted.filter { !($0 is any FormattedCommand.Type) }.map { "\($0)" }
    #expect(others.isEmpty, "\(others)")
  }
}
