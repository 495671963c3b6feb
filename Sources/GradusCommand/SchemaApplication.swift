public import Foundation
public import Gradus
public import GradusUpdates

/// What an application tells the command library about itself.
///
/// An application's own binary is the commands below with its handlers:
///
///     struct Shop: SchemaApplication {
///       static let name = "shop"
///       static let handlers: [any UpdateHandler] = [FillTotals()]
///     }
///
///     @main struct Main {
///       static func main() async { await CommandRunner.main(GradusCommandLine<Shop>.self) }
///     }
public protocol SchemaApplication: Sendable {
  /// The name of the program.
  static var name: String { get }
  /// One line for `--help`.
  static var abstract: String { get }
  /// The folders in which, and above which, the schema is looked for where no option names it.
  static var schemaSearchFolders: [URL] { get }
  /// Deltas in Swift.
  static var codeDeltas: [CodeDelta] { get }
  /// Logical databases whose tables the application joins, so that they have to be on one physical database.
  static var inseparableDatabases: Set<LogicalDatabase> { get }
  /// Background updates in Swift.
  static var handlers: [any UpdateHandler] { get }
  /// Updates that are declared outside of the tree.
  static var declarations: [UpdateDeclaration] { get }
  /// What operators can start by the admin API and `updates start`.
  static var jobs: [AdminJob] { get }
}

extension SchemaApplication {
  /// What the commands do.
  public static var abstract: String {
    "Gradual schema migration: upgrade without downtime, roll back without fear."
  }
  /// The current folder.
  public static var schemaSearchFolders: [URL] {
    [URL(filePath: FileManager.default.currentDirectoryPath, directoryHint: .isDirectory)]
  }
  /// None.
  public static var codeDeltas: [CodeDelta] { [] }
  /// None: each may be on a server of its own.
  public static var inseparableDatabases: Set<LogicalDatabase> { [] }
  /// None.
  public static var handlers: [any UpdateHandler] { [] }
  /// None.
  public static var declarations: [UpdateDeclaration] { [] }
  /// None.
  public static var jobs: [AdminJob] { [] }
}
