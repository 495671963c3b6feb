import Foundation
import Gradus

/// Changes to the files of a tree, made all or none.
struct TreeEdit {
  enum Change {
    /// A file that is not there yet.
    case create(path: String, text: String)
    /// A file that is there.
    case replace(path: String, text: String)
    /// A file that goes, and its folder where it was the last one.
    case remove(path: String)

    var path: String {
      switch self {
      case .create(let path, _), .replace(let path, _), .remove(let path): path
      }
    }
  }

  /// The folder that the paths are below.
  let root: URL
  /// In this order: a process that is killed in between leaves those behind undone.
  var changes: [Change]

  /// Makes the changes.
  ///
  /// - Parameter verify: looks at the result; where it throws, everything is put back.
  /// - Throws: what `verify` throws; `GradusError`; `CancellationError`, where nothing has been changed.
  func apply(verify: () throws -> Void) throws {
    try Task.checkCancellation()
    var undo: [() -> Void] = []
    do {
      for change in changes { undo += try make(change) }
      try verify()
    } catch {
      for action in undo.reversed() { action() }
      throw error
    }
    for case .remove(let path) in changes { removeEmptyFolder(of: path) }
  }

  /// What would be done, for people.
  var preview: String {
    changes.map { change in
      switch change {
      case .create(let path, let text): "--- new \(path)\n\(text)"
      case .replace(let path, let text): "--- changed \(path)\n\(text)"
      case .remove(let path): "--- removed \(path)"
      }
    }.joined(separator: "\n")
  }

  private func make(_ change: Change) throws -> [() -> Void] {
    let file = root.appending(path: change.path)
    switch change {
    case .create(let path, let text):
      guard !FileManager.default.fileExists(atPath: file.path) else {
        throw GradusError(.invalidTree, "the file is there already", file: path)
      }
      let folders = missingFolders(of: file)
      do {
        try makeFolder(of: file)
        try write(text, to: file)
      } catch {
        folders.forEach(removeIfEmpty)
        throw error
      }
      let undo: [() -> Void] = folders.reversed().map { folder in { removeIfEmpty(folder) } }
      return undo + [{ try? FileManager.default.removeItem(at: file) }]
    case .replace(_, let text):
      // A file that is written at once takes the place of a link, and not of what that leads to.
      let file = file.resolvingSymlinksInPath()
      let old = try Data(contentsOf: file)
      try write(text, to: file)
      return [{ try? TextFile.write(old, to: file) }]
    case .remove:
      let old = try Data(contentsOf: file)
      try FileManager.default.removeItem(at: file)
      return [{ try? TextFile.write(old, to: file) }]
    }
  }

  private func write(_ text: String, to file: URL) throws {
    do {
      try TextFile.write(Data(text.utf8), to: file)
    } catch {
      throw GradusError(
        .invalidTree, "cannot write the file: \(SystemReason.of(error))", file: file.path)
    }
  }

  /// The folders that are yet to be made, the innermost first: undoing removes just these.
  private func missingFolders(of file: URL) -> [URL] {
    var missing: [URL] = []
    var folder = file.deletingLastPathComponent()
    while !FileManager.default.fileExists(atPath: folder.path) {
      missing.append(folder)
      folder = folder.deletingLastPathComponent()
    }
    return missing
  }

  private func makeFolder(of file: URL) throws {
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    } catch {
      throw GradusError(
        .invalidTree, "cannot make the folder: \(SystemReason.of(error))",
        file: file.deletingLastPathComponent().path)
    }
  }

  private func removeEmptyFolder(of path: String) {
    removeIfEmpty(root.appending(path: path).deletingLastPathComponent())
  }
}

private func removeIfEmpty(_ folder: URL) {
  guard (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.isEmpty == true else { return }
  try? FileManager.default.removeItem(at: folder)
}
