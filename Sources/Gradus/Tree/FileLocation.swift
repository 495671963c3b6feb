import Foundation

/// Where a file is. Its URL is made when it is asked for: a start lists all files of a tree, and reads few of them.
enum FileLocation: Sendable {
  case url(URL)
  /// A path below a folder.
  case below(URL, String)

  var url: URL {
    switch self {
    case .url(let url): url
    case .below(let folder, let path): URL(filePath: path, relativeTo: folder)
    }
  }
}

/// By URL, however it was given.
extension FileLocation: Hashable {
  static func == (left: FileLocation, right: FileLocation) -> Bool { left.url == right.url }

  func hash(into hasher: inout Hasher) { hasher.combine(url) }
}
