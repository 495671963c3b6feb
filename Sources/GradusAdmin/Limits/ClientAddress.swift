/// Whom a limit is counted for.
package enum ClientAddress {
  /// The address without its port; of an IPv6 address the first half, as one client has the whole other half.
  ///
  /// - Parameter address: the IP address; nil for a client of a Unix socket.
  package static func key(_ address: String?) -> String {
    guard let address else { return "unix" }
    guard address.contains(":") else { return address }
    // ::ffff:192.0.2.1 is an IPv4 client.
    if let last = address.split(separator: ":").last, last.contains(".") { return String(last) }
    let halves = address.prefix { $0 != "%" }.split(
      separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
    var groups = halves[0].split(separator: ":").map(String.init)
    if halves.count == 2 {
      let tail = halves[1].split(separator: ":").map(String.init)
      groups += Array(repeating: "0", count: max(0, 8 - groups.count - tail.count)) + tail
    }
    return groups.prefix(4).map { $0.lowercased() }.joined(separator: ":") + "::/64"
  }
}
