import Foundation
import GradusSQL

/// Reads a schema tree from its folders.
struct SchemaTreeLoader {
  private let root: URL
  private let rootPath: String
  private let layout: SchemaLayout
  private let codeDeltas: [CodeDelta]

  init(root: URL, layout: SchemaLayout, codeDeltas: [CodeDelta]) {
    self.root = root
    rootPath = root.path
    self.layout = layout
    self.codeDeltas = codeDeltas
  }

  func load() throws -> SchemaTree {
    try layout.check()
    var tree = SchemaTree()
    let (deltas, fullSchemas) = (try files(layout.delta), try files(layout.fullSchema))
    (tree.deltas, tree.fullSchemas) = (deltas.files, fullSchemas.files)
    tree.unknownFiles = deltas.unknown + fullSchemas.unknown
    try register(in: &tree)
    try checkDatabases(of: tree)
    for template in [layout.delta, layout.fullSchema] { try refuseMisplaced(template, in: tree) }
    for version in tree.deltas.keys {
      tree.deltas[version]?.sort(by: SchemaFile.isAppliedBefore)
    }
    for version in tree.fullSchemas.keys {
      tree.fullSchemas[version]?.sort(by: SchemaFile.isAppliedBefore)
    }
    try declare(in: &tree)
    return tree
  }

  /// The files below each folder that a template with `{database}` and `{version}` matches.
  private func files(_ template: String) throws -> (files: [Int: [SchemaFile]], unknown: [SchemaFile]) {
    var found: [Int: [SchemaFile]] = [:]
    var unknown: [SchemaFile] = []
    for (folder, database, version) in try folders(template) {
      for name in try entries(folder) {
        let file = SchemaFile(
          database: database, version: version, name: name, location: .below(root, "\(folder)/\(name)"))
        switch file.kind {
        case .cache: continue
        case .unknown:
          try refuseAlmostOurs(file, isDelta: template == layout.delta)
          unknown.append(file)
        case .sql(nil):
          try refuseMisplacedEngine(file)
          found[version, default: []].append(file)
        default: found[version, default: []].append(file)
        }
      }
    }
    return (found, unknown)
  }

  /// Walks the template's path components, branching at each placeholder.
  private func folders(_ template: String) throws -> [(folder: String, LogicalDatabase, Int)] {
    var partial: [(folder: String, database: String?, version: Int?)] = [("", nil, nil)]
    for component in template.split(separator: "/").map(String.init) {
      var next: [(folder: String, database: String?, version: Int?)] = []
      for (folder, database, version) in partial {
        let prefix = folder.isEmpty ? "" : folder + "/"
        switch component {
        case "{database}":
          for name in try entries(folder).sorted()
          where try isListedFolder(prefix + name, matters: !folder.isEmpty) {
            next.append((prefix + name, name, version))
          }
        case "{version}":
          var folders: [Int: String] = [:]
          for name in try entries(folder).sorted()
          where try isListedFolder(prefix + name, matters: Int(name) != nil) {
            guard let number = Int(name) else {
              try refuseAlmostVersion(name, in: folder)
              continue
            }
            guard Admission.versions.contains(number) else {
              throw GradusError(
                .invalidTree, "\(number) is no schema version", file: prefix + name,
                hint: "give one from 0 to \(Admission.versions.last!)")
            }
            if let other = folders.updateValue(name, forKey: number) {
              throw GradusError(
                .invalidTree, "'\(other)' and '\(name)' are folders of one version", file: prefix + name,
                hint: "move what is in them into one: '\(number)'")
            }
            next.append((prefix + name, database, number))
          }
        default:
          if isFolder(prefix + component) { next.append((prefix + component, database, version)) }
        }
      }
      partial = next
    }
    return partial.compactMap { folder, database, version in
      guard let database, let version else { return nil }
      return (folder, LogicalDatabase(database), version)
    }
  }

  /// Folders of other names are the author's own affair.
  private func refuseAlmostVersion(_ name: String, in folder: String) throws {
    let digits = name.first == "v" || name.first == "V" ? name.dropFirst() : name[...]
    guard !folder.isEmpty, digits.first?.isNumber == true else { return }
    throw GradusError(
      .invalidTree, "'\(name)' is no schema version", file: "\(folder)/\(name)",
      hint: "name the folder by a whole number alone")
  }

  /// Other files are the author's own affair; but one whose name is meant for ours would be passed over, and its version
  /// recorded without it.
  private func refuseAlmostOurs(_ file: SchemaFile, isDelta: Bool) throws {
    let name = file.name.lowercased()
    // An editor's backup.
    guard !name.hasSuffix("~") else { return }
    let engines = Engine.allCases.map(\.rawValue)
    let ending: String
    if isDelta, name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
      ending = ".updates.yaml"
    } else if name.hasSuffix(".sql") {
      ending = ".sql"
    } else if let end = name.firstRange(of: ".sql."),
      let engine = NearestName.of(String(name[end.upperBound...]), among: engines)
    {
      ending = ".sql.\(engine)"
    } else {
      return
    }
    throw GradusError(
      .invalidTree, "the name's ending is none of those that are read", file: file.path,
      hint: "let it end in \(ending)")
  }

  /// SQL that names an engine before its ending is SQL for both: it would run on the other, too.
  private func refuseMisplacedEngine(_ file: SchemaFile) throws {
    let words = file.name.lowercased().split(separator: ".").dropLast()
    let engine: Engine
    switch words.dropFirst().last {
    case "postgres", "postgresql": engine = .postgres
    case "sqlite", "sqlite3": engine = .sqlite
    default: return
    }
    throw GradusError(
      .invalidTree, "the name says an engine where none is read: the file would be for both", file: file.path,
      hint: "let it end in .sql.\(engine.rawValue)")
  }

  /// Refuses files that are named as ours and lie beside the folders of versions: they would be passed over, too. So would
  /// a version's folder that lies beside those of databases.
  private func refuseMisplaced(_ template: String, in tree: SchemaTree) throws {
    guard template.hasSuffix("/{version}") else { return }
    let parent = String(template.dropLast("/{version}".count))
    var names = tree.databases.union([.common]).map(\.name)
    if parent.hasSuffix("/{database}") {
      let above = String(parent.dropLast("/{database}".count))
      if isFolder(above) { names += try entries(above).filter { Int($0) != nil } }
    }
    let queries = (layout.queries as NSString).deletingLastPathComponent
    for folder in names.sorted().map({ parent.replacing("{database}", with: $0) })
    where folder != queries && isFolder(folder) {
      // Those of a version may have a folder of their own.
      let ownQueries = Int((folder as NSString).lastPathComponent).map { layout.queries(of: $0) }
      for name in try entries(folder).sorted() {
        let path = "\(folder)/\(name)"
        let file = SchemaFile(database: .main, version: 0, name: name, location: .below(root, path))
        switch file.kind {
        case .sql, .updates:
          guard path != ownQueries, !isFolder(path) else { continue }
          throw GradusError(
            .invalidTree, "the file is in no folder of a version", file: file.path,
            hint: "move it into one: \(template)")
        default: continue
        }
      }
    }
  }

  private func entries(_ folder: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path(folder)).filter { !$0.hasPrefix(".") }
    } catch {
      throw GradusError(.invalidTree, "cannot list the folder: \(SystemReason.of(error))", file: folder)
    }
  }

  private func isFolder(_ folder: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path(folder), isDirectory: &isDirectory)
      && isDirectory.boolValue
  }

  /// Whether what a folder lists is a folder, too.
  ///
  /// - Parameter matters: whether its name may be that of a database or version. The root holds all sorts of things.
  /// - Throws: `GradusError` where that cannot be told: were it passed over, so would be the deltas in it.
  private func isListedFolder(_ folder: String, matters: Bool) throws -> Bool {
    guard !isFolder(folder) else { return true }
    guard !matters || FileManager.default.fileExists(atPath: path(folder)) else {
      throw GradusError(
        .invalidTree, "cannot be reached", file: folder,
        hint:
          "a link in its place has to lead somewhere, and the folder that holds it needs the right to be searched"
      )
    }
    return false
  }

  private func path(_ folder: String) -> String { folder.isEmpty ? rootPath : "\(rootPath)/\(folder)" }

  /// Gives registered code its place among the files, and refuses code files that nobody registered at use, not here:
  /// a delta that was applied long ago needs no code any more.
  private func register(in tree: inout SchemaTree) throws {
    for code in codeDeltas {
      let recorded = "\(code.version)/\(code.name)"
      precondition(tree.codeDeltas[recorded] == nil, "the Swift delta \(recorded) is registered twice")
      tree.codeDeltas[recorded] = code
      let files = tree.deltas[code.version] ?? []
      guard !files.contains(where: { $0.name == code.name && $0.database == code.database }) else { continue }
      var file = SchemaFile(database: code.database, version: code.version, name: code.name, url: nil)
      file.kind = .code
      tree.deltas[code.version, default: []].append(file)
    }
  }

  /// Refuses deltas of a logical database that no full schema has: its name is misspelt, or no new database could be made.
  private func checkDatabases(of tree: SchemaTree) throws {
    guard let newest = tree.fullSchemas.keys.max() else { return }
    let known = Set(tree.fullSchemas.values.joined().map(\.database)).union([.common])
    let strange = tree.deltas.values.joined().filter { !known.contains($0.database) }
    guard let file = strange.min(by: { $0.path < $1.path }) else { return }
    throw GradusError(
      .invalidTree,
      "the full schema of version \(newest) has no folder for the database '\(file.database)'",
      file: file.path,
      hint: NearestName.hint(
        for: file.database.name, among: known.map(\.name).sorted(),
        otherwise: "add \(SchemaLayout.path(layout.fullSchema, file.database, newest))/"))
  }

  private func declare(in tree: inout SchemaTree) throws {
    // Set at once, as the tree puts them in order each time.
    var declarations: [String: UpdateDeclaration] = [:]
    for files in tree.deltas.values {
      for (index, file) in files.enumerated() where file.kind == .updates {
        let reader = UpdatesFileReader(file: file.path, defaultOrdering: file.ordering(rank: index + 1))
        for declaration in try reader.read(file.text()) {
          if let other = declarations[declaration.name], other != declaration {
            throw GradusError(
              .invalidTree, "the update '\(declaration.name)' is declared twice", file: file.path,
              position: declaration.position, hint: "the other declaration is in \(other.file)")
          }
          declarations[declaration.name] = declaration
        }
      }
    }
    tree.declarations = declarations
  }
}
