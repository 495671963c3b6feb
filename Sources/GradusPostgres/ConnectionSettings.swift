internal import CGradusLibpq
import Foundation
import GradusSQL

/// A connection string that libpq can read, and what of it must stay secret.
struct ConnectionSettings {
  let connectionString: String
  /// Host, port where it is not the usual one, and database.
  let databaseName: String
  /// Options for what neither the string nor the environment says, below both.
  let defaults: [(keyword: String, value: String)]
  private let secrets: [String]

  /// - Throws: `SQLError` with code `invalidConfiguration`. It does not repeat libpq's message, which quotes the part
  ///   that it could not read: where quoting went wrong, that part may be the password.
  init(parsing connectionString: String) throws {
    guard !connectionString.utf8.contains(0), !Self.hasMisplacedAt(connectionString),
      let options = Self.options(PQconninfoParse(connectionString, nil)),
      // At the start it is an abstract socket; anywhere else the end of a password that libpq takes for the host.
      !(options["host"]?.value ?? "").dropFirst().contains("@"),
      (options["port"]?.value ?? "").utf8.allSatisfy({ $0 == UInt8(ascii: ",") || (48...57).contains($0) })
    else {
      throw SQLError(
        .invalidConfiguration, "the PostgreSQL connection string cannot be read",
        hint:
          "use postgres://user@host:port/dbname or 'host=... dbname=...'; in a URL, percent-encode special "
          + "characters of the password, in a conninfo string put it in single quotes")
    }
    self.connectionString = connectionString
    secrets = options.values.compactMap { $0.isSecret ? $0.value : nil }.filter { !$0.isEmpty }

    // What the string leaves out comes from the environment.
    let environment = Self.options(PQconndefaults()) ?? [:]
    func setting(_ name: String) -> String? {
      (options[name]?.value ?? environment[name]?.value).flatMap { $0.isEmpty ? nil : $0 }
    }
    // libpq would let ours go before those of a service's file, which it reads only when it connects.
    defaults = setting("service") == nil ? Self.ownDefaults.filter { setting($0.keyword) == nil } : []
    if let service = options["service"]?.value, !service.isEmpty {
      // What its file says goes before the environment.
      let host = options["host"]?.value ?? options["hostaddr"]?.value ?? "service \(service)"
      let place = Self.place(host, port: options["port"]?.value)
      databaseName = options["dbname"]?.value.map { "\(place)/\($0)" } ?? place
    } else {
      let host = setting("host") ?? setting("hostaddr") ?? "local"
      let name = setting("dbname") ?? setting("user") ?? ""
      databaseName = "\(Self.place(host, port: setting("port")))/\(name)"
    }
  }

  /// A server, with its port where that is not the usual one.
  private static func place(_ host: String, port: String?) -> String {
    guard let port, port.split(separator: ",").contains(where: { $0 != "5432" }) else { return host }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// A message of libpq without the secrets.
  func redacted(_ message: String, and more: String? = nil) -> String {
    var text = message
    for secret in secrets + [more ?? ""] where !secret.isEmpty {
      // Literally: what stands behind it may be an accent, which makes another character of its last one.
      text = text.replacingOccurrences(of: secret, with: "***", options: .literal)
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// libpq itself waits for ever for a server that accepts a connection and says nothing, and the kernel two hours for a
  /// host that is gone. With these it is 15 seconds an address, and a minute.
  private static let ownDefaults: [(keyword: String, value: String)] = [
    ("connect_timeout", "15"), ("keepalives_idle", "30"), ("keepalives_interval", "10"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "60000"),
  ]

  private struct Option {
    var value: String?
    var isSecret: Bool
  }

  private static func options(_ list: UnsafeMutablePointer<PQconninfoOption>?) -> [String: Option]? {
    guard let list else { return nil }
    defer { PQconninfoFree(list) }
    var options: [String: Option] = [:]
    var next = list
    while let keyword = next.pointee.keyword {
      let value = next.pointee.val.map { String(cString: $0) }
      // libpq marks what a dialog should hide by an asterisk.
      let isSecret = next.pointee.dispchar.map { String(cString: $0) } == "*"
      options[String(cString: keyword)] = Option(value: value, isSecret: isSecret)
      next += 1
    }
    return options
  }

  /// Whether a password with an unencoded `@` or `/` would be read as part of the host or the database's name, and
  /// then be shown.
  private static func hasMisplacedAt(_ text: String) -> Bool {
    guard text.hasPrefix("postgres://") || text.hasPrefix("postgresql://"), let scheme = text.range(of: "://")
    else { return false }
    let rest = text[scheme.upperBound...].prefix { $0 != "?" }
    let authority = rest.prefix { $0 != "/" }
    return authority.count { $0 == "@" } > 1 || rest.dropFirst(authority.count).contains("@")
  }
}
