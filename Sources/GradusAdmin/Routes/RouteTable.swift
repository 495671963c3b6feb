/// Finds the route of a request. Pure.
struct RouteTable: Sendable {
  enum Segment: Sendable, Hashable {
    case literal(Substring)
    case parameter(String)
  }

  enum Match: Sendable {
    case route(AdminRoute, parameters: [String: String])
    case wrongMethod(allowed: [String])
    case none
  }

  private let routes: [(segments: [Segment], route: AdminRoute)]

  init(_ routes: [AdminRoute], paths: AdminPaths) {
    self.routes = routes.map { route in
      let segments = paths.path(of: route.template).split(separator: "/", omittingEmptySubsequences: false)
        .map { part -> Segment in
          part.hasPrefix("{") ? .parameter(String(part.dropFirst().dropLast())) : .literal(part)
        }
      return (segments, route)
    }
  }

  /// - Parameter path: the path as it was sent, without the query.
  func match(method: String, path: Substring) -> Match {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    var allowed: [String] = []
    for (segments, route) in routes {
      guard let parameters = Self.parameters(segments, parts) else { continue }
      // HEAD is a GET whose body is not sent.
      if method == route.method || (method == "HEAD" && route.method == "GET") {
        return .route(route, parameters: parameters)
      }
      allowed += route.method == "GET" ? ["GET", "HEAD"] : [route.method]
    }
    return allowed.isEmpty ? .none : .wrongMethod(allowed: allowed)
  }

  private static func parameters(_ segments: [Segment], _ parts: [Substring]) -> [String: String]? {
    guard segments.count == parts.count else { return nil }
    var parameters: [String: String] = [:]
    for (segment, part) in zip(segments, parts) {
      switch segment {
      case .literal(let literal): guard literal == part else { return nil }
      case .parameter(let name):
        guard let value = PercentDecoding.decode(part), !value.isEmpty else { return nil }
        parameters[name] = value
      }
    }
    return parameters
  }

  /// The parameters of a query.
  static func query(_ text: Substring?) -> AdminCall.Query {
    var query = AdminCall.Query()
    for pair in text?.split(separator: "&") ?? [] {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let key = PercentDecoding.decode(halves[0]),
        let value = PercentDecoding.decode(halves.count == 2 ? halves[1] : ""), query.values[key] == nil
      else {
        query.isBroken = true
        continue
      }
      query.values[key] = value
    }
    return query
  }
}
