import GradusSQL

/// The files of a schema: deltas and full schemas by version, and what they declare.
public struct SchemaTree: Sendable {
  /// The deltas of each version, of all logical databases, sorted by name as they are applied.
  public var deltas: [Int: [SchemaFile]]
  /// The files of each full schema.
  public var fullSchemas: [Int: [SchemaFile]]
  /// Deltas in Swift by recorded name.
  public var codeDeltas: [String: CodeDelta]
  /// The declared background updates of all versions, by name.
  public var declarations: [String: UpdateDeclaration] {
    didSet { declarationsByFile = Self.byFile(declarations) }
  }
  /// Files that are none of ours.
  public var unknownFiles: [SchemaFile]
  /// The first delta of each version that is above the ledger's, where it has not been raised yet.
  var deltasAboveLedger: [SchemaFile] = []
  /// The declared updates by file, in the order of the queue: each file of a plan asks for its own.
  private(set) var declarationsByFile: [String: [UpdateDeclaration]]

  /// - Parameters:
  ///   - deltas: the deltas by version.
  ///   - fullSchemas: the full schemas by version.
  ///   - codeDeltas: deltas in Swift.
  ///   - declarations: the declared updates.
  ///   - unknownFiles: files that are none of ours.
  public init(
    deltas: [Int: [SchemaFile]] = [:], fullSchemas: [Int: [SchemaFile]] = [:],
    codeDeltas: [String: CodeDelta] = [:],
    declarations: [String: UpdateDeclaration] = [:], unknownFiles: [SchemaFile] = []
  ) {
    self.deltas = deltas
    self.fullSchemas = fullSchemas
    self.codeDeltas = codeDeltas
    self.declarations = declarations
    self.unknownFiles = unknownFiles
    declarationsByFile = Self.byFile(declarations)
  }

  private static func byFile(_ declarations: [String: UpdateDeclaration]) -> [String: [UpdateDeclaration]] {
    Dictionary(grouping: declarations.values, by: \.file).mapValues { declarations in
      declarations.sorted { ($0.ordering, $0.name) < ($1.ordering, $1.name) }
    }
  }

  /// The logical databases that the tree has files for, besides `common`.
  public var databases: Set<LogicalDatabase> {
    var found: Set<LogicalDatabase> = []
    for files in [deltas, fullSchemas] {
      // Files of a database stand together, mostly.
      var last = LogicalDatabase.common
      for file in files.values.joined() where file.database != last {
        last = file.database
        found.insert(last)
      }
    }
    return found.subtracting([.common])
  }

  /// What an updates file declares for an engine, in the order of the queue.
  func declarations(in file: SchemaFile, for engine: Engine) -> [UpdateDeclaration] {
    (declarationsByFile[file.path] ?? []).filter { $0.engines.contains(engine) }
  }

  /// The deltas of a version for these logical databases, in the order in which they are applied.
  ///
  /// - Parameters:
  ///   - version: the version.
  ///   - databases: the logical databases; `common` always is among them.
  /// - Throws: `GradusError` where two of them have one name, as the record could not tell them apart.
  public func deltas(of version: Int, in databases: Set<LogicalDatabase>) throws -> [SchemaFile] {
    let files = (deltas[version] ?? []).filter { databases.contains($0.database) || $0.database == .common }
    for (first, second) in zip(files, files.dropFirst()) where first.name == second.name {
      throw GradusError(
        .invalidTree, "two deltas of version \(version) are named '\(first.name)'", file: second.path,
        hint: "the other is \(first.path); rename one of them")
    }
    return files
  }
}
