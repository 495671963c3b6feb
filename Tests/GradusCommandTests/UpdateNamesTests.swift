import Foundation
import GradusTestSupport
import Testing

@testable import GradusCommand

/// The names that a shell completes.
@Suite struct UpdateNamesTests {
  private struct Application: SchemaApplication { static let name = "gradus" }

  /// However the shell takes the words apart.
  @Test func areThoseOfTheSchemaThatIsNamed() throws {
    let tree = try TemporarySchema.shop()
    func names(_ words: String...) -> [String] {
      UpdateNames<Application>.names(["gradus", "updates", "certify"] + words)
    }
    let root = tree.root.path
    #expect(names("--schema-root", root, "f") == ["fill_totals"])
    #expect(names("--schema-root=\(root)", "f") == ["fill_totals"])
    #expect(names("--schema-root", "=", root, "f") == ["fill_totals"])
    #expect(names("--schema-root=\(root)/nowhere", "f") == [])
    #expect(names("--config=\(root)/nowhere.yaml", "--schema-root=\(root)", "f") == [])
  }
}
