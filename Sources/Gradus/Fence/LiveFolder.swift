import Foundation
import GradusSQL

/// The folder beside a SQLite database with a file for each process that runs a version, and for a fence.
struct LiveFolder: Sendable {
  private let path: String

  /// Nil for a database that nobody else can open.
  init?(_ database: PhysicalDatabase) {
    guard let path = database.driver.liveFolder else { return nil }
    self.path = path
  }

  /// Makes a file that says so until it is released.
  func make(_ kind: LiveKind, _ number: Int) throws -> LiveFile {
    let attributes = FileAttributes(of: database)
    let text = try JSONEncoder().encode(LiveFileText.ofThisProcess())
    // Each round is lost to another process that looked just then.
    for _ in 0..<1000 {
      if mkdir(path, 0o755) == 0 {
        attributes?.apply(toFolder: path)
      } else if errno != EEXIST {
        throw Self.error(errno, path)
      }
      let name = "\(kind.rawValue)-\(number)-\(UUID().uuidString)"
      if let file = try LiveFile.make(path: "\(path)/\(name)", text: text, attributes: attributes) {
        return file
      }
    }
    throw SQLError(.lockTimeout, "other processes kept locking the files in '\(path)'")
  }

  /// What living processes say.
  ///
  /// - Parameter removesStale: whether files of dead processes are removed.
  func read(_ kind: LiveKind, removesStale: Bool) throws -> [VersionHolder] {
    var holders: [VersionHolder] = []
    for name in try names() {
      let parts = name.split(separator: "-", maxSplits: 2)
      guard parts.count == 3, parts[0] == kind.rawValue, let number = Int(parts[1]),
        let data = try LiveFile.read(path: "\(path)/\(name)", removesStale: removesStale)
      else { continue }
      // Locked before it is written: its process has just started.
      let text = (try? JSONDecoder().decode(LiveFileText.self, from: data)) ?? .unknown
      holders.append(
        VersionHolder(
          version: number, name: text.name, process: text.process, host: text.host, since: text.since,
          engine: .sqlite))
    }
    return holders.sorted { ($0.version, $0.process) < ($1.version, $1.process) }
  }

  /// Removes the files of dead processes: each that is killed leaves one, and nobody else may come for long.
  func removeStale() {
    for name in (try? names()) ?? [] {
      let parts = name.split(separator: "-", maxSplits: 2)
      guard parts.count == 3, LiveKind(rawValue: String(parts[0])) != nil else { continue }
      // One that this user may not read is in nobody's way.
      _ = try? LiveFile.read(path: "\(path)/\(name)", removesStale: true)
    }
  }

  /// The database, whose name is the folder's without its ending.
  private var database: String { (path as NSString).deletingPathExtension }

  private func names() throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
    } catch CocoaError.fileReadNoSuchFile {
      return []
    } catch {
      throw SQLError(
        .permissionDenied, "cannot look into '\(path)', where running processes announce their version")
    }
  }

  static func error(_ number: Int32, _ path: String) -> SQLError {
    .cannotOpen(path, number, hint: "announcing a version needs the right to write beside the database")
  }
}
