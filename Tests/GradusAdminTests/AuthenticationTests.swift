import Foundation
import GradusAdmin
import GradusTestSupport
import Synchronization
import Testing

/// Who may do what. On SQLite alone: no database is asked.
@Suite struct AuthenticationTests {
  /// A clock that stands until it is moved.
  private final class Clock: Sendable {
    let now = Mutex(Duration.zero)
    func move(_ duration: Duration) { now.withLock { $0 += duration } }
  }

  @Test func whatNeedsNoToken() async throws {
    try await Desk.with(.sqlite) { desk in
      for path in ["/health", "/ready", "/", "/openapi.json"] {
        #expect(await desk.get(path, token: nil).status == 200, "\(path)")
      }
      #expect(await desk.get("/metrics", token: nil).errcode == "M_MISSING_TOKEN")
      #expect(await desk.get("/metrics", token: Desk.readToken).status == 200)
      #expect(await desk.get("/metrics", token: nil).header("WWW-Authenticate") == "Bearer")
    }
  }

  @Test(
    arguments: [
      (nil, nil), ("", nil), ("Bearer", nil), ("Bearer ", nil), ("Basic abc", nil), ("abc", nil),
      ("Bearer abc", "abc"), ("bearer  abc", "abc"), ("Bearer a b", "a b"),
    ] as [(String?, String?)])
  func headers(header: String?, token: String?) { #expect(BearerHeader.token(header) == token) }

  @Test func tokensAreComparedAsAWhole() {
    let tokens = Desk.tokens
    #expect(tokens.find(Desk.adminToken)?.label == "alice")
    #expect(tokens.find(Desk.readToken)?.scope == .read)
    for wrong in [
      "", String(Desk.adminToken.dropLast()), Desk.adminToken + "x", Desk.adminToken.uppercased(),
    ] {
      #expect(tokens.find(wrong) == nil)
    }
    #expect(AdminTokens().find("") == nil)
  }

  @Test func wrongTokensAreLimitedByAddress() async throws {
    let clock = Clock()
    try await Desk.with(
      .sqlite, nil,
      { configuration in
        configuration.limiter = FailureLimiter(burst: 3, interval: .seconds(10))
        configuration.now = { clock.now.withLock { $0 } }
      },
      { desk in
        let path = "\(Desk.native)/jobs"
        func send(_ token: String?, _ client: String? = "192.0.2.1") async -> Answer {
          await desk.send("GET", path, token: token, client: client)
        }
        for _ in 0..<3 { #expect(await send("wrong").status == 401) }
        let limited = await send("wrong")
        #expect(limited.status == 429 && limited.errcode == "M_LIMIT_EXCEEDED", "\(limited)")
        #expect(limited.object["retry_after_ms"] as? Int == 10_000)
        #expect(limited.header("Retry-After") == "10")
        // A right token of this address is not looked at either: else one could go on guessing.
        #expect(await send(Desk.adminToken).status == 429)
        // No token is no guess, and other addresses have a limit of their own.
        #expect(await send(nil).status == 401)
        #expect(await send(Desk.adminToken, "192.0.2.2").status == 200)
        #expect(await send(Desk.adminToken, nil).status == 200)
        clock.move(.seconds(9))
        #expect(await send(Desk.adminToken).object["retry_after_ms"] as? Int == 1000)
        clock.move(.seconds(1))
        #expect(await send(Desk.adminToken).status == 200)
        #expect(await send("wrong").status == 401)
        #expect(await send("wrong").status == 429)
        clock.move(.seconds(1000))
        for _ in 0..<3 { #expect(await send("wrong").status == 401) }
        #expect(await send("wrong").status == 429)
        #expect(desk.configuration.metrics.text().contains("gradus_admin_wrong_tokens_total 7\n"))
      })
  }

  @Test func theLimiterForgets() {
    var limiter = FailureLimiter(burst: 2, interval: .seconds(1), capacity: 100)
    for number in 0..<10_000 { limiter.fail("192.0.2.\(number)", now: .milliseconds(number)) }
    #expect(limiter.count <= 100)
    limiter.fail("bad", now: .seconds(20))
    limiter.fail("bad", now: .seconds(20))
    for number in 0..<1000 { limiter.fail("198.51.100.\(number)", now: .seconds(20)) }
    #expect(limiter.count <= 100)
    // Those that have failed most stay.
    #expect(limiter.wait("bad", now: .seconds(20)) == .seconds(1))
  }

  @Test func aClockThatGoesBackChangesNothing() {
    var bucket = TokenBucket(capacity: 1, interval: .seconds(1), now: .seconds(10))
    bucket.take(now: .seconds(10))
    #expect(bucket.wait(now: .seconds(5)) == .seconds(1))
    #expect(bucket.wait(now: .seconds(11)) == .zero)
  }

  @Test(
    arguments: [
      ("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
      ("2001:DB8::1", "2001:db8:0:0::/64"), ("::1", "0:0:0:0::/64"), ("fe80::1%eth0", "fe80:0:0:0::/64"),
      ("::ffff:192.0.2.1", "192.0.2.1"),
    ])
  func clients(address: String, key: String) { #expect(ClientAddress.key(address) == key) }

  /// Without tokens only who is on this machine comes, and no page of another site through his browser.
  @Test func withoutTokens() async throws {
    try await Desk.with(
      .sqlite, nil, { $0.tokens = AdminTokens() },
      { desk in
        func send(_ host: String?, _ origin: String? = nil, client: String? = "127.0.0.1") async -> Int {
          await desk.send(
            "POST", "\(Desk.native)/resume", token: nil, host: host, origin: origin, client: client
          ).status
        }
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1:8008", "127.5.4.3", "[::1]:8008"] {
          #expect(await send(host) == 200, "\(host)")
          #expect(await send(host, "http://\(host)") == 200)
          #expect(await send(host, "https://\(host)") == 403)
          #expect(await send(host, "null") == 403)
        }
        for host in [
          nil, "", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0",
          "127.0.0.256",
          "[::2]", "192.0.2.1", "0.0.0.0", "127.1",
        ] { #expect(await send(host) == 403, "\(host ?? "none")") }
        #expect(await send("localhost:8008", "http://localhost:8009") == 403)
        #expect(await send("localhost:8008", "http://evil.example") == 403)
        // By a Unix socket any name will do.
        #expect(await send("anything", client: nil) == 200)
        #expect(await send("anything", "http://evil.example", client: nil) == 403)
        for path in ["/", "/health", "/nothing"] {
          #expect(await desk.send("GET", path, token: nil, host: "evil.example").status == 403)
        }
      })
  }

  @Test func whatATokenMayDo() async throws {
    let path = "\(Desk.native)/token"
    try await Desk.with(.sqlite) { desk in
      #expect(
        await desk.get(path, token: Desk.readToken).body == #"{"format":1,"label":"grafana","scope":"read"}"#)
      #expect(await desk.get(path).object["scope"] as? String == "admin")
      #expect(await desk.get(path, token: nil).status == 401)
    }
    try await Desk.with(.sqlite, nil, { $0.tokens = AdminTokens() }) { desk in
      #expect(await desk.get(path, token: nil).body == #"{"format":1,"scope":"admin"}"#)
      // What generates clients from the description is told so.
      let description = await desk.get("/openapi.json", token: nil)
      #expect(!description.body.contains(#"[{"bearer": []}]"#) && description.object["paths"] != nil)
    }
  }

  @Test func securityHeaders() async throws {
    try await Desk.with(.sqlite) { desk in
      for path in ["/", "/health", "/nothing", "\(Desk.native)/status"] {
        let answer = await desk.get(path)
        #expect(answer.header("Cache-Control") == "no-store")
        #expect(answer.header("X-Content-Type-Options") == "nosniff")
        let policy = answer.header("Content-Security-Policy") ?? ""
        #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "\(path)")
        #expect(!policy.contains("unsafe"))
      }
      let page = await desk.get("/")
      #expect(page.header("Content-Type") == "text/html; charset=utf-8")
      #expect(page.header("Content-Security-Policy")?.contains("connect-src 'self'") == true)
    }
  }
}
