/// Routes for load balancers, scrapers and browsers.
extension AdminRoutes {
  private struct Ready: Encodable {
    var ready: Bool
    var reasons: [String]
  }

  var service: [AdminRoute] {
    [
      AdminRoute("GET", "/health", .open, needsTables: false) { _ in
        .json(.object([("status", .string("ok"))]))
      },
      AdminRoute("GET", "/ready", .open, needsTables: false) { _ in
        let reasons = await ready.reasons()
        return try .json(
          Ready(ready: reasons.isEmpty, reasons: reasons), status: reasons.isEmpty ? 200 : 503)
      },
      AdminRoute("GET", "/metrics", .scope(.read), needsTables: false) { _ in
        AdminResponse(
          contentType: "text/plain; version=0.0.4; charset=utf-8",
          body: Array(configuration.metrics.text().utf8))
      },
      AdminRoute("GET", "/openapi.json", .open, needsTables: false) { _ in
        AdminResponse(contentType: "application/json", body: openAPI)
      },
      AdminRoute("GET", "/", .open, needsTables: false) { _ in
        AdminResponse(contentType: "text/html; charset=utf-8", body: EmbeddedDocument.page)
      },
    ]
  }
}
