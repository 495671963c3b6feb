import Gradus

/// The tables that the migrator and a port make, with their rows. Others are the application's, whatever their names.
enum OwnTables {
  /// A port's own.
  private static let ofPort: Set<String> = ["gradus_port", "gradus_port_state", "gradus_port_set_aside"]

  /// All of them. Rows of modules are the application's own.
  static let names: Set<String> = Bookkeeping.namesWithQueue.subtracting(["applied_module_schemas"])
    .union(ofPort).union([WriterVersion.table])

  /// Those that no schema brings.
  static let prefixed: Set<String> = names.filter { $0.hasPrefix("gradus_") }
}
