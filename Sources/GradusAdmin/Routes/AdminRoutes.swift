import Logging

/// All routes.
struct AdminRoutes: Sendable {
  let backend: AdminBackend
  let ready: ReadyProbe
  /// The description, with the paths that are configured, and whether a token is needed.
  let openAPI: [UInt8]

  var configuration: AdminConfiguration { backend.configuration }

  init(_ configuration: AdminConfiguration) {
    backend = AdminBackend(configuration)
    ready = ReadyProbe(backend.databases, configuration)
    openAPI = Self.openAPI(configuration)
  }

  var all: [AdminRoute] { service + compat + native }

  /// A line in the log for each change.
  func note(_ change: String, _ call: AdminCall, _ metadata: Logger.Metadata = [:]) {
    configuration.logger.info(
      "\(change)", metadata: metadata.merging(["by": "\(call.caller)"]) { first, _ in first })
  }

  private static func openAPI(_ configuration: AdminConfiguration) -> [UInt8] {
    let paths = configuration.paths
    guard paths != .standard || configuration.tokens.isEmpty else { return EmbeddedDocument.openAPI }
    // Each is in quotes.
    var text = String(decoding: EmbeddedDocument.openAPI, as: UTF8.self)
      .split(separator: "\"", omittingEmptySubsequences: false)
      .map { paths.path(of: String($0)) }.joined(separator: "\"")
    if configuration.tokens.isEmpty {
      text = text.replacing(#""security": [{"bearer": []}]"#, with: #""security": []"#)
    }
    return Array(text.utf8)
  }
}
