/// Keeps web pages of others away from a server that asks for no token.
///
/// A page on any site may send requests to a loopback address by a name of its own that it lets point there, or as
/// cross-site requests: the first shows in `Host`, the second in `Origin`.
package enum OriginGuard {
  /// Why a request is refused; nil where it is not.
  ///
  /// - Parameters:
  ///   - host: the `Host` header.
  ///   - origin: the `Origin` header.
  ///   - isSocket: whether it came by a Unix socket, to which no browser leads.
  package static func refusal(host: String?, origin: String?, isSocket: Bool) -> String? {
    if !isSocket, !isLoopback(name(of: host ?? "")) {
      return "without tokens this server answers requests to a loopback name only"
    }
    guard let origin, origin.lowercased() != "http://" + (host ?? "").lowercased() else { return nil }
    return "without tokens this server answers no requests of other sites' pages"
  }

  /// A host without its port.
  package static func name(of host: String) -> String {
    if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
    return String(host.prefix { $0 != ":" })
  }

  /// Whether a name or an address is this machine's own for sure.
  package static func isLoopback(_ name: String) -> Bool {
    if name.lowercased() == "localhost" || name == "::1" { return true }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { part in
        !part.isEmpty && part.count <= 3 && part.allSatisfy { $0.isASCII && $0.isNumber } && Int(part)! <= 255
      }
  }
}
