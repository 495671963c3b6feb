public import Foundation
public import GradusSQL

/// A file of a delta folder or of a full schema.
public struct SchemaFile: Sendable, Hashable {
  /// The logical database whose folder holds it.
  public var database: LogicalDatabase
  /// The schema version whose folder holds it.
  public var version: Int
  /// Its name.
  public var name: String
  /// What it is.
  public var kind: Kind
  private var location: FileLocation?

  /// The file; nil where a delta is Swift code only.
  public var url: URL? {
    get { location?.url }
    set { location = newValue.map(FileLocation.url) }
  }

  /// What a file is, by its name.
  public enum Kind: Sendable, Hashable {
    /// SQL for one engine, or for both.
    case sql(Engine?)
    /// Declared background updates.
    case updates
    /// Code, which must be registered under the file's name.
    case code
    /// Not ours: ignored, and said so.
    case unknown
    /// A leftover of another language's tools: ignored silently.
    case cache
  }

  /// - Parameters:
  ///   - database: the logical database.
  ///   - version: the version.
  ///   - name: the name.
  ///   - url: the file.
  public init(database: LogicalDatabase, version: Int, name: String, url: URL?) {
    self.init(database: database, version: version, name: name, location: url.map(FileLocation.url))
  }

  init(database: LogicalDatabase, version: Int, name: String, location: FileLocation?) {
    self.database = database
    self.version = version
    self.name = name
    self.location = location
    kind = Self.kind(of: name)
  }

  /// `version/name`, as `applied_schema_deltas.file` holds it.
  public var recordedName: String { "\(version)/\(name)" }

  /// The path for messages.
  public var path: String { url?.relativePath ?? recordedName }

  /// The order within a version: by name; the path, which costs more to tell, only decides between databases.
  static func isAppliedBefore(_ left: SchemaFile, _ right: SchemaFile) -> Bool {
    left.name == right.name ? left.path < right.path : left.name < right.name
  }

  /// The place in the queue of what it declares, unless that says otherwise: by the version, and the number that the name
  /// starts with. Both engines hold it as a whole number of 32 bits, which the digits of a date may be too many for.
  ///
  /// - Parameter rank: its place among the files of its version, which counts then.
  func ordering(rank: Int) -> Int {
    let digits = name.prefix { $0.isASCII && $0.isNumber }
    let (first, last) = (version * 100, Int(Int32.max))
    let number = digits.isEmpty ? 0 : Int(digits) ?? .max
    return min(first + (number <= last - first ? number : rank), last)
  }

  private static func kind(of name: String) -> Kind {
    if name.hasSuffix(".sql") { return .sql(nil) }
    if name.hasSuffix(".sql.postgres") { return .sql(.postgres) }
    if name.hasSuffix(".sql.sqlite") { return .sql(.sqlite) }
    if name.hasSuffix(".updates.yaml") { return .updates }
    if name.hasSuffix(".swift") || name.hasSuffix(".py") { return .code }
    if name == "__pycache__" || name.hasSuffix(".pyc") || name.hasPrefix(".") { return .cache }
    return .unknown
  }

  /// Whether an engine runs it.
  public func applies(to engine: Engine) -> Bool {
    switch kind {
    case .sql(let only): only == nil || only == engine
    case .updates, .code: true
    case .unknown, .cache: false
    }
  }

  /// Its text.
  ///
  /// - Throws: `GradusError` where it cannot be read or is not UTF-8.
  public func text() throws -> String {
    guard let url else { throw GradusError(.invalidTree, "cannot read the file", file: path) }
    return try TextFile.text(of: url, as: path, .invalidTree)
  }
}
