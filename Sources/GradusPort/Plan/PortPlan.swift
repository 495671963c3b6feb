/// What a port copies, leaves out and has built anew.
package struct PortPlan: Sendable, Hashable {
  /// The version that the databases are at.
  package var version: Int
  /// The tables that are copied, by name.
  package var tables: [PortTable]
  /// Tables of the source that the operator leaves out.
  package var leftOut: [String]
  /// Tables of the source that are built anew on the target.
  package var rebuilt: [String]

  package init(version: Int, tables: [PortTable], leftOut: [String] = [], rebuilt: [String] = []) {
    self.version = version
    self.tables = tables
    self.leftOut = leftOut
    self.rebuilt = rebuilt
  }

  /// Whether a port that was interrupted goes on with this plan. As long as every text had to fit, what was copied is as it
  /// is whatever becomes of those that do not.
  ///
  /// - Parameter earlier: the signature of that port's plan.
  package func continues(_ earlier: String, _ options: PortOptions) -> Bool {
    var strict = options
    strict.unfitText = .fail
    return earlier == signature(options) || earlier == signature(strict)
  }

  /// What an interrupted port must agree with to go on.
  package func signature(_ options: PortOptions) -> String {
    let tables = tables.map { table in
      "\(table.name)(\(table.columns.map { "\($0.name) \($0.type)" }.joined(separator: ", ")))"
    }
    return (["version \(version)", "unfit text: \(options.unfitText.rawValue)"] + tables).joined(
      separator: "\n")
  }
}
