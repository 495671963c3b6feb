import Gradus

/// Where a server listens.
package enum ListenAddress: Sendable, Hashable {
  case tcp(host: String, port: Int)
  case unix(path: String)

  /// The homeserver's port.
  package static let standard = ListenAddress.tcp(host: "127.0.0.1", port: 8008)

  /// Reads `127.0.0.1:8008`, `[::1]:8008` or `unix:/path`.
  ///
  /// - Throws: `GradusError`.
  package init(parsing text: String) throws {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst("unix:".count))
      // What fits into an address of a socket.
      guard !path.isEmpty, path.utf8.count <= 100, !path.utf8.contains(0) else {
        throw Self.error(text, "a socket's path has 1 to 100 bytes")
      }
      self = .unix(path: path)
      return
    }
    guard let colon = text.lastIndex(of: ":") else { throw Self.error(text, "the port is missing") }
    let (host, digits) = (text[..<colon], text[text.index(after: colon)...])
    guard let port = Int(digits), (0...65_535).contains(port), digits.allSatisfy(\.isNumber) else {
      throw Self.error(text, "a port is a number from 0 to 65535")
    }
    if host.hasPrefix("["), host.hasSuffix("]"), host.contains(":") {
      self = .tcp(host: String(host.dropFirst().dropLast()), port: port)
    } else {
      guard !host.isEmpty, !host.contains(where: { ":[]/ ".contains($0) }) else {
        throw Self.error(text, "the host is missing, or an IPv6 address lacks its brackets")
      }
      self = .tcp(host: String(host), port: port)
    }
  }

  private static func error(_ text: String, _ reason: String) -> GradusError {
    GradusError(
      .invalidFile, "cannot listen on '\(text)': \(reason)",
      hint: "such as 127.0.0.1:8008, [::1]:8008 or unix:/run/gradus/admin.sock")
  }

  /// Makes sure that without tokens only users of this machine come.
  ///
  /// - Throws: `GradusError`, which says what to do.
  package func check(_ tokens: AdminTokens) throws {
    guard case .tcp(let host, _) = self, tokens.isEmpty, !OriginGuard.isLoopback(host) else { return }
    throw GradusError(
      .invalidFile,
      "without tokens the admin API listens on loopback addresses and Unix sockets only, not on '\(self)'",
      hint:
        "'token new' makes a token for --token-file; or listen on 127.0.0.1; behind a proxy, give it tokens, too"
    )
  }
}

extension ListenAddress: CustomStringConvertible {
  /// As it is read.
  package var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}
