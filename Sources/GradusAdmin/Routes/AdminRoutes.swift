import Logging

/// All routes.
struct AdminRoutes: Sendable {
  let backend: AdminBackend
  let ready: ReadyProbe
  /// The description, with the paths that are configured.
  let openAPI: [UInt8]

  var configuration: AdminConfiguration { backend.configuration }

  init(_ configuration: AdminConfiguration) {
    backend = AdminBackend(configuration)
    ready = ReadyProbe(backend.databases, configuration)
    openAPI = Self.openAPI(configuration.paths)
  }

  var all: [AdminRoute] { service + compat + native }

  /// A line in the log for each change.
  func note(_ change: String, _ call: AdminCall, _ metadata: Logger.Metadata = [:]) {
    configuration.logger.info(
      "\(change)", metadata: metadata.merging(["by": "\(call.caller)"]) { first, _ in first })
  }

  private static func openAPI(_ paths: AdminPaths) -> [UInt8] {
    guard paths != .standard else { return EmbeddedDocument.openAPI }
    let text = String(decoding: EmbeddedDocument.openAPI, as: UTF8.self)
      .replacing("\"\(AdminPaths.standardCompat)/", with: "\"\(paths.compat)/")
      .replacing("\"\(AdminPaths.standardNative)/", with: "\"\(paths.native)/")
    return Array(text.utf8)
  }
}
