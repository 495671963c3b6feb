import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport
import Testing

/// What the article BookkeepingTables lists is what is made.
@Suite struct BookkeepingTablesTests {
  @Test func eachTableIsListed() async throws {
    let page = BuiltProgram.packageRoot.appending(path: Page.catalog + "/BookkeepingTables.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let cells = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map {
      $0.split(separator: "|")[0]
    }
    let listed = Set(cells.flatMap { cell in cell.matches(of: /`(gradus_\w+)`/).map { String($0.1) } })
    try await Shop.with(.sqlite) { shop in
      #expect(try await shop.gradus("migrate").code == 0)
      let names = try await shop.database.values("SELECT name FROM sqlite_master WHERE type = 'table'")
      let made = Set(names.compactMap(\.text).filter { $0.hasPrefix("gradus_") })
      #expect(made.count > 10 && made.isSubset(of: listed), "\(made.subtracting(listed))")
      // Of ports, and of guards on SQLite.
      #expect(
        listed.subtracting(made) == [
          "gradus_port", "gradus_port_state", "gradus_port_set_aside", "gradus_port_warnings",
          "gradus_writer",
        ])
    }
  }
}
