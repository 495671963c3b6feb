/// What `schema.yaml` says: the application's versions and its gradual migrations.
public struct Ledger: Sendable, Hashable {
  /// The schema version that the application expects.
  public var version: Int
  /// The oldest schema version whose application may still open the database.
  public var compatVersion: Int
  /// The oldest version of a database that can still be upgraded, as the deltas up to it have been squashed into its
  /// full schema; nil where all are there.
  public var upgradesFrom: Int?
  /// The versions by number.
  public var versions: [Int: Version]
  /// The gradual migrations, in the file's order.
  public var gradualMigrations: [GradualMigration]

  /// What moving a database to another engine has to know.
  public var port: PortDeclaration

  /// One released version.
  public struct Version: Sendable, Hashable {
    /// That version's compat version.
    public var compatVersion: Int
    /// What changed, for readers.
    public var changes: [String]

    /// - Parameters:
    ///   - compatVersion: that version's compat version.
    ///   - changes: what changed.
    public init(compatVersion: Int, changes: [String] = []) {
      self.compatVersion = compatVersion
      self.changes = changes
    }
  }

  /// - Parameters:
  ///   - version: what the application expects.
  ///   - compatVersion: the oldest version that may open the database.
  ///   - versions: the versions by number.
  ///   - gradualMigrations: the gradual migrations.
  ///   - upgradesFrom: the oldest version of a database that can still be upgraded.
  ///   - port: what moving a database to another engine has to know.
  public init(
    version: Int, compatVersion: Int, versions: [Int: Version] = [:],
    gradualMigrations: [GradualMigration] = [], upgradesFrom: Int? = nil,
    port: PortDeclaration = PortDeclaration()
  ) {
    self.version = version
    self.compatVersion = compatVersion
    self.versions = versions
    self.gradualMigrations = gradualMigrations
    self.upgradesFrom = upgradesFrom
    self.port = port
  }

  /// The ledger as the application of another version had it.
  ///
  /// - Parameter version: a version of the ledger, at most the newest.
  /// - Throws: `GradusError` where the ledger does not know it.
  public func acting(as version: Int) throws -> Ledger {
    guard version != self.version else { return self }
    guard let entry = versions[version] else {
      throw GradusError(
        .invalidFile, "the ledger has no version \(version)",
        hint: "it knows \(versions.keys.sorted().map(String.init).joined(separator: ", "))")
    }
    return Ledger(
      version: version, compatVersion: entry.compatVersion, versions: versions.filter { $0.key <= version },
      gradualMigrations: gradualMigrations.filter { $0.starts <= version }, upgradesFrom: upgradesFrom,
      port: port)
  }
}
