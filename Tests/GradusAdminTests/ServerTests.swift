import Foundation
import Gradus
import GradusAdmin
import GradusSQL
import GradusTestSupport
import GradusUpdates
import ServiceLifecycle
import Testing

/// The server itself: where it listens, what it reads, how it ends. On SQLite alone: the database is not what matters.
@Suite struct ServerTests {
  /// Runs a test with a server that listens, which is then shut down in order.
  private func withServer(
    _ address: ListenAddress = .tcp(host: "127.0.0.1", port: 0), tokens: AdminTokens = Desk.tokens,
    socketMode: UInt16 = 0o600, requestTimeout: Duration = .seconds(30),
    _ body: @escaping @Sendable (ListenAddress, RawHTTP) async throws -> Void
  ) async throws {
    try await Desk.with(
      .sqlite, nil,
      {
        $0.tokens = tokens
        $0.requestTimeout = requestTimeout
      },
      { desk in
        let (stream, continuation) = AsyncStream.makeStream(of: ListenAddress.self)
        let server = try AdminServer(
          desk.configuration, address: address, socketMode: socketMode,
          onListening: {
            continuation.yield($0)
            continuation.finish()
          })
        let group = ServiceGroup(
          configuration: .init(
            services: [.init(service: server)], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
          tasks.addTask {
            defer { continuation.finish() }
            try await group.run()
          }
          tasks.addTask {
            var listening: ListenAddress?
            for await address in stream { listening = address }
            if let listening {
              do {
                try await body(listening, Self.client(listening))
              } catch {
                await group.triggerGracefulShutdown()
                throw error
              }
            }
            await group.triggerGracefulShutdown()
          }
          try await tasks.waitForAll()
        }
      })
  }

  private static func client(_ address: ListenAddress) -> RawHTTP {
    switch address {
    case .tcp(_, let port): RawHTTP(.port(UInt16(port)))
    case .unix(let path): RawHTTP(.unix(path))
    }
  }

  private static let admin = ["Authorization": "Bearer \(Desk.adminToken)"]

  @Test func overTCP() async throws {
    try await withServer { (address, client) async throws in
      #expect("\(address)".hasPrefix("127.0.0.1:") && "\(address)" != "127.0.0.1:0")
      let health = try await client.send("GET", "/health")
      #expect(health.status == 200 && health.body == #"{"status":"ok"}"#)
      #expect(health.headers["cache-control"] == "no-store")
      let head = try await client.send("HEAD", "/health")
      #expect(head.status == 200 && head.body.isEmpty && head.headers["content-length"] == "15")
      #expect(try await client.send("GET", "/gradus/v1/updates").status == 401)
      let updates = try await client.send("GET", "/gradus/v1/updates", headers: Self.admin)
      #expect(try (updates.object()["updates"] as? [Any])?.count == 4)
      // The type of the body's content does not matter.
      for type in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
        let answer = try await client.send(
          "POST", "/_synapse/admin/v1/background_updates/enabled",
          headers: Self.admin.merging(["Content-Type": type]) { $1 }, body: "{}")
        #expect(answer.body == #"{"enabled":true}"#)
      }
      let options = try await client.send("OPTIONS", "/gradus/v1/pause")
      #expect(options.status == 405 && options.headers["allow"] == "POST")
      #expect(options.headers["access-control-allow-origin"] == nil)
    }
  }

  @Test func largeBodies() async throws {
    try await withServer { (_, client) async throws in
      let path = "/_synapse/admin/v1/background_updates/enabled"
      let fits = "{\"a\":\"" + String(repeating: "x", count: 65_536 - 8) + "\"}"
      #expect(try await client.send("POST", path, headers: Self.admin, body: fits).status == 200)
      let large = try await client.send("POST", path, headers: Self.admin, body: fits + " ")
      #expect(large.status == 413)
      #expect(try large.object()["errcode"] as? String == "M_TOO_LARGE")
      // Its size not told before.
      let chunk = String(repeating: "y", count: 0x8000)
      let chunked =
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer \(Desk.adminToken)\r\nTransfer-Encoding: chunked\r\n\r\n"
        + String(repeating: "8000\r\n\(chunk)\r\n", count: 5) + "0\r\n\r\n"
      #expect(try await client.send(Array(chunked.utf8)).status == 413)
      // Nothing of it is read without a token.
      #expect(try await client.send("POST", path, body: fits + " ").status == 401)
    }
  }

  /// Who waits for leave to send a body gets it, unless the body would be too large.
  @Test func leaveToSendABody() async throws {
    try await withServer { (_, client) async throws in
      func send(length: Int) async throws -> RawHTTP.Response {
        let request = [
          "POST /gradus/v1/pause HTTP/1.1", "Host: localhost", "Connection: close",
          "Authorization: Bearer \(Desk.adminToken)", "Expect: 100-continue", "Content-Length: \(length)", "",
          "{}",
        ]
        return try await client.send(Array(request.joined(separator: "\r\n").utf8))
      }
      let answer = try await send(length: 2)
      #expect(answer.status == 100 && answer.body.hasPrefix("HTTP/1.1 200 "), "\(answer)")
      #expect(try await send(length: 70_000).status == 413)
    }
  }

  /// A client of HTTP/1.0 reads until the connection's end.
  @Test func theOldProtocol() async throws {
    try await withServer { (_, client) async throws in
      let start = ContinuousClock.now
      let answer = try await client.send(Array("GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n".utf8))
      #expect(answer.status == 200 && answer.body == #"{"status":"ok"}"#)
      #expect(ContinuousClock.now - start < .seconds(30))
    }
  }

  @Test func hostileRequests() async throws {
    try await withServer { (_, client) async throws in
      let requests: [[UInt8]] = [
        Array("GET /gradus/v1/updates/%00%ff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8),
        Array("GET //gradus/v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8),
        Array("GET /gradus/v1/../v1/status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8),
        Array("GET ? HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8),
        Array("GET http://localhost/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8),
        Array("BREW /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8),
        Array(
          "GET /health HTTP/1.1\r\nHost: localhost\r\nA: \(String(repeating: "x", count: 40_000))\r\n\r\n"
            .utf8),
        Array("GET /health HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ".utf8) + [0xFF, 0xFE]
          + Array("\r\nConnection: close\r\n\r\n".utf8),
      ]
      let broken =
        "POST /gradus/v1/pause HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(Desk.adminToken)\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
      #expect(try await client.send(Array(broken.utf8)).status == 400)
      for (request, status) in zip(requests, [404, 404, 404, 400, 200, 400, 400, 200]) {
        let response = try? await client.send(request)
        // Of a head that is too long the answer may go with the connection.
        let isLost = response == nil && request.count > 40_000
        #expect(isLost || response?.status == status, "\(String(describing: response))")
      }
      #expect(try await client.send("GET", "/health").status == 200)
    }
  }

  /// Who guesses tokens does not get a limit of its own for each guess.
  @Test func whatAClientSaysOfItsAddressIsNotBelieved() async throws {
    try await withServer { (_, client) async throws in
      var statuses: [Int] = []
      // Ten at once, and one in six seconds: a slow machine may have some more.
      repeat {
        let address = "192.0.2.\(statuses.count)"
        let headers = [
          "Authorization": "Bearer a-wrong-token-of-some-length", "X-Forwarded-For": address,
          "X-Real-IP": address, "Forwarded": "for=\(address)",
        ]
        statuses.append(try await client.send("GET", "/gradus/v1/status", headers: headers).status)
      } while statuses.last == 401 && statuses.count < 60
      #expect(statuses.count > 10 && statuses.last == 429, "\(statuses)")
    }
  }

  /// A client that keeps its connection, and one that has sent half of a request, hold nothing up for long.
  @Test func clientsThatStay() async throws {
    let start = ContinuousClock.now
    let (stays, hangs) = (OpenConnection(), OpenConnection())
    try await withServer { (address, _) async throws in
      guard case .tcp(_, let port) = address else { return }
      try await stays.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", to: UInt16(port))
      try await hangs.send("POST /gradus/v1/pause HTTP/1.1\r\nHost: loc", to: UInt16(port))
    }
    #expect(ContinuousClock.now - start < .seconds(30))
    stays.close()
    hangs.close()
  }

  /// A client that sends a body by and by holds its connection for a while only, let in or not.
  @Test(arguments: [nil, Desk.adminToken] as [String?])
  func aBodyThatDoesNotEnd(token: String?) async throws {
    try await withServer(requestTimeout: .milliseconds(500)) { (address, client) async throws in
      guard case .tcp(_, let port) = address else { return }
      let descriptor = try #require(LoopbackSocket.connect(UInt16(port)))
      defer { close(descriptor) }
      let lines = [
        "POST /gradus/v1/pause HTTP/1.1", "Host: localhost", "Content-Length: 60000",
        token.map { "Authorization: Bearer \($0)" } ?? "A: b", "", "",
      ]
      var isOpen = LoopbackSocket.send(Array(lines.joined(separator: "\r\n").utf8)[...], to: descriptor)
      for _ in 0..<1_000 where isOpen {
        try await Task.sleep(for: .milliseconds(20))
        isOpen = LoopbackSocket.send([UInt8(ascii: " ")], to: descriptor)
      }
      #expect(!isOpen)
      // One that sends all of it is answered.
      #expect(
        try await client.send("POST", "/gradus/v1/pause", headers: Self.admin, body: "{}").status == 200)
    }
  }

  /// A client that asks, and does not take the answers, holds its connection for a while only.
  @Test func answersThatNobodyTakes() async throws {
    let socket = ListenAddress.unix(path: "/tmp/gradus-\(UUID().uuidString.prefix(8)).sock")
    try await withServer(socket, requestTimeout: .milliseconds(500)) { (address, client) async throws in
      guard case .unix(let path) = address else { return }
      let descriptor = try #require(LoopbackSocket.connect(unix: path))
      defer { close(descriptor) }
      // The system keeps some of the answers for the client, but not all of them.
      let requests = String(repeating: "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", count: 200)
      #expect(LoopbackSocket.send(Array(requests.utf8)[...], to: descriptor))
      var connection = pollfd(fd: descriptor, events: 0, revents: 0)
      for _ in 0..<1_000 where connection.revents == 0 {
        try await Task.sleep(for: .milliseconds(20))
        poll(&connection, 1, 0)
      }
      #expect(connection.revents & Int16(POLLHUP) != 0)
      // One that takes them is answered.
      #expect(try await client.send("GET", "/").status == 200)
    }
  }

  @Test func overAUnixSocketWithoutTokens() async throws {
    let folder = "/tmp/gradus-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/admin.sock"
    for mode in [0o600, 0o660] as [UInt16] {
      try await withServer(.unix(path: path), tokens: AdminTokens(), socketMode: mode) {
        (_, client) async throws in
        #expect(
          try await client.send("GET", "/gradus/v1/status", headers: ["Host": "anything"]).status == 200)
        #expect(
          try await client.send("GET", "/health", headers: ["Origin": "http://evil.example"]).status == 403)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect((attributes[.posixPermissions] as? NSNumber)?.uint16Value == mode)
        // Nothing but the socket is there.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 1)
        // Whom somebody listens on stays.
        let second = await #expect(throws: GradusError.self) {
          try await self.withServer(.unix(path: path)) { _, _ in }
        }
        #expect(second?.message.contains("another process listens on it") == true)
        #expect(try await client.send("GET", "/health").status == 200)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  #if os(Linux)
    /// Other files that the process makes meanwhile have their usual rights.
    @Test func theMaskForNewFilesStays() async throws {
      func mask() throws -> Substring? {
        try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
          .first { $0.hasPrefix("Umask:") }
      }
      let before = try mask()
      #expect(before != nil)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 1...8 {
          group.addTask {
            try await withServer(.unix(path: "/tmp/gradus-\(UUID().uuidString.prefix(8)).sock")) {
              (_, client) async throws in
              #expect(try await client.send("GET", "/health").status == 200)
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try mask() == before)
    }
  #endif

  @Test func aFolderThatIsNotThere() async throws {
    let error = await #expect(throws: GradusError.self) {
      try await withServer(.unix(path: "/tmp/gradus-\(UUID().uuidString)/admin.sock")) { _, _ in }
    }
    #expect(error?.message.contains("No such file or directory") == true, "\(String(describing: error))")
  }

  @Test func whatIsInASocketsPlace() async throws {
    let path = "/tmp/gradus-\(UUID().uuidString.prefix(8)).sock"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("mine".utf8).write(to: URL(filePath: path))
    let error = await #expect(throws: GradusError.self) {
      try await withServer(.unix(path: path)) { _, _ in }
    }
    #expect(error?.message.contains("no socket") == true)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
    try FileManager.default.removeItem(atPath: path)
    // A socket that was left by a killed process.
    close(try BoundSocket.make(at: path))
    try await withServer(.unix(path: path)) { (_, client) async throws in
      #expect(try await client.send("GET", "/health").status == 200)
    }
  }

  @Test func aTakenPort() async throws {
    try await withServer { (address, _) async throws in
      let error = await #expect(throws: GradusError.self) { try await self.withServer(address) { _, _ in } }
      #expect(
        error?.message == "cannot listen on '\(address)': Address already in use",
        "\(String(describing: error))")
    }
  }

  @Test(
    arguments: [
      ("127.0.0.1:8008", "127.0.0.1:8008"), ("[::1]:0", "[::1]:0"), ("localhost:65535", "localhost:65535"),
      ("unix:/run/a.sock", "unix:/run/a.sock"), ("0.0.0.0:80", "0.0.0.0:80"),
    ])
  func addresses(text: String, description: String) throws {
    #expect("\(try ListenAddress(parsing: text))" == description)
  }

  @Test(
    arguments: [
      "", "8008", ":8008", "localhost", "localhost:", "localhost:65536", "localhost:-1", "localhost:+1",
      "::1:80",
      "[::1]", "[]:80", "a b:80", "http://localhost:80", "unix:",
      "unix:/" + String(repeating: "x", count: 110),
    ])
  func wrongAddresses(text: String) {
    #expect(throws: GradusError.self) { () throws in try ListenAddress(parsing: text) }
  }

  @Test func withoutTokensOnlyThisMachine() throws {
    for text in ["127.0.0.1:1", "127.9.9.9:1", "localhost:1", "[::1]:1", "unix:/a"] {
      #expect(throws: Never.self) { () throws in try ListenAddress(parsing: text).check(AdminTokens()) }
    }
    for text in ["0.0.0.0:1", "[::]:1", "192.0.2.1:1", "example.org:1", "localhost.example.org:1"] {
      let address = try ListenAddress(parsing: text)
      let error = #expect(throws: GradusError.self) { () throws in try address.check(AdminTokens()) }
      #expect(error?.description.contains("'token new' makes a token for --token-file") == true)
      // Who comes through a proxy comes from this machine, whoever that is.
      #expect(error?.description.contains("behind a proxy, give it tokens") == true)
      #expect(throws: Never.self) { () throws in try address.check(Desk.tokens) }
    }
  }
}
