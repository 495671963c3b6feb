import Gradus
import GradusSQL
import Logging
import Metrics
import Synchronization

/// The admin API: requests go in, responses come out, whatever carries them.
package final class AdminAPI: Sendable {
  private let configuration: AdminConfiguration
  private let table: RouteTable
  private let security = SecurityHeaders(page: EmbeddedDocument.page)
  private let limiter: Mutex<FailureLimiter>
  /// All routes, with the standard prefixes.
  package let routes: [AdminRoute]

  package init(_ configuration: AdminConfiguration) {
    self.configuration = configuration
    routes = AdminRoutes(configuration).all
    table = RouteTable(routes, paths: configuration.paths)
    limiter = Mutex(configuration.limiter)
  }

  /// Answers a request. Whatever goes wrong is an answer, too.
  package func respond(to request: AdminRequest) async -> AdminResponse {
    let start = ContinuousClock.now
    let parts = request.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let match = table.match(method: request.method, path: parts.first ?? "")
    var response: AdminResponse
    do {
      response = try await answer(request, match, query: parts.count == 2 ? parts[1] : nil)
    } catch {
      response = .failure(failure(error))
    }
    response.headers += security.headers(isPage: response.contentType.hasPrefix("text/html"))
    record(request.method, match, response.status, ContinuousClock.now - start)
    return response
  }

  private func answer(
    _ request: AdminRequest, _ match: RouteTable.Match, query: Substring?
  ) async throws -> AdminResponse {
    if configuration.tokens.isEmpty,
      let refusal = OriginGuard.refusal(
        host: request.host, origin: request.origin, isSocket: request.client == nil)
    {
      throw AdminFailure.forbidden(refusal)
    }
    switch match {
    case .none: throw AdminFailure.notFound
    case .wrongMethod(let allowed): throw AdminFailure.wrongMethod(allowed: allowed)
    case .route(let route, let parameters):
      // Before anything of the body is read.
      let token = try authenticate(request, route.access)
      if route.needsTables { try checkPhase() }
      let body = route.method == "POST" ? try await request.body(RequestBody.limit) : []
      return try await route.handle(
        AdminCall(
          parameters: parameters, query: RouteTable.query(query), body: body,
          caller: (token.map { "\($0.label), " } ?? "") + "admin API, \(ProcessIdentity.current)",
          token: token))
    }
  }

  /// - Returns: the token of who calls; nil where none is needed.
  private func authenticate(_ request: AdminRequest, _ access: AdminRoute.Access) throws -> AdminToken? {
    guard case .scope(let scope) = access, !configuration.tokens.isEmpty else { return nil }
    guard let token = BearerHeader.token(request.authorization) else { throw AdminFailure.missingToken }
    let (address, now) = (ClientAddress.key(request.client), configuration.now())
    let wait = limiter.withLock { $0.wait(address, now: now) }
    guard wait == .zero else {
      throw AdminFailure.limited(retryAfterMs: max(1, Int((wait / .milliseconds(1)).rounded(.up))))
    }
    guard let entry = configuration.tokens.find(token) else {
      limiter.withLock { $0.fail(address, now: now) }
      Counter(label: "gradus_admin_wrong_tokens_total", dimensions: [], factory: configuration.metrics)
        .increment()
      configuration.logger.warning("a wrong token was presented", metadata: ["client": "\(address)"])
      throw AdminFailure.unknownToken
    }
    guard entry.scope.includes(scope) else { throw AdminFailure.noAdmin }
    return entry
  }

  private func checkPhase() throws {
    if case .starting(let reason) = configuration.state.current { throw AdminFailure.unavailable(reason) }
  }

  private func failure(_ error: any Error) -> AdminFailure {
    switch error {
    case let failure as AdminFailure: return failure
    case let error as GradusError:
      configuration.logger.warning("a request was refused", metadata: ["error": "\(error)"])
      return .unavailable(error.message, retryAfter: 60)
    case is CancellationError: return .unavailable("the server is shutting down")
    default:
      configuration.logger.error("a request failed", metadata: ["error": "\(error)"])
      return AdminFailure(500, "M_UNKNOWN", "Internal server error")
    }
  }

  private func record(_ method: String, _ match: RouteTable.Match, _ status: Int, _ duration: Duration) {
    var name = "none"
    if case .route(let route, _) = match { name = route.template }
    let method = ["GET", "HEAD", "POST"].contains(method) ? method : "other"
    let dimensions = [("method", method), ("route", name), ("status", "\(status)")]
    Counter(label: "gradus_admin_requests_total", dimensions: dimensions, factory: configuration.metrics)
      .increment()
    Timer(
      label: "gradus_admin_request_duration_seconds", dimensions: [("route", name)],
      factory: configuration.metrics
    ).record(duration: duration)
    configuration.logger.debug(
      "request", metadata: ["method": "\(method)", "route": "\(name)", "status": "\(status)"])
  }
}
