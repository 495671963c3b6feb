import Gradus
import GradusCatalog

/// The tables that the migrator and a port make, with their rows. Others are the application's, whatever their names.
enum OwnTables {
  /// All of them. Rows of modules are the application's own.
  static let names: Set<String> = Bookkeeping.namesWithQueue.subtracting(["applied_module_schemas"])
    .union(prefixed)

  /// Those that no schema brings.
  static let prefixed = OwnNames.tables
}
