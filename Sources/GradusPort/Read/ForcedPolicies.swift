import GradusCatalog
import GradusSQL

/// Tables whose policies hold for their owner too: COPY refuses to write them, and of their rows not all can be counted.
struct ForcedPolicies {
  let plan: PortPlan
  /// What the version makes of the target.
  let target: Catalog

  /// What stands against the plan.
  ///
  /// - Parameter connection: the target's.
  func reasons(_ connection: Connection) throws -> [String] {
    let forced = Set(target.objects.values.filter(Self.isForced).compactMap(\.table))
    let tables = plan.tables.map(\.name).filter(forced.contains)
    guard !tables.isEmpty,
      let role = try connection.queryRow(
        "SELECT rolname::text, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"),
      try !role.boolean(1)
    else { return [] }
    return [
      "\(tables.joined(separator: ", ")): policies are forced on the owner as well (FORCE ROW LEVEL SECURITY), and the role \(try role.text(0)) may not pass them by: port as a role with BYPASSRLS"
    ]
  }

  /// What is forced but not switched on says nothing.
  private static func isForced(_ object: CatalogObject) -> Bool {
    object.kind == .rowSecurity
      && ["ENABLE", "FORCE"].allSatisfy { object.definition.contains(" \($0) ROW LEVEL SECURITY") }
  }
}
