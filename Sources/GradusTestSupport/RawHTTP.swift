import Foundation

/// HTTP over a plain socket, with every byte as the test wants it: to a loopback port or a Unix socket.
package struct RawHTTP: Sendable {
  /// Where to.
  package enum Address: Sendable {
    case port(UInt16)
    case unix(String)
  }

  /// What came back.
  package struct Response: Sendable {
    package var status: Int
    /// By their names in lower case.
    package var headers: [String: String]
    package var body: String

    /// The body as a JSON object.
    package func object() throws -> [String: Any] {
      guard let object = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] else {
        throw Failure(message: "not a JSON object: \(body)")
      }
      return object
    }
  }

  package struct Failure: Error { package var message: String }

  package let address: Address

  package init(_ address: Address) { self.address = address }

  /// Sends a request with the headers that it needs, and reads the response to its end.
  package func send(
    _ method: String, _ target: String, headers: [String: String] = [:], body: String? = nil
  ) async throws -> Response {
    var lines = ["\(method) \(target) HTTP/1.1", "Connection: close"]
    if headers["Host"] == nil { lines.append("Host: localhost") }
    lines += headers.map { "\($0.key): \($0.value)" }
    if let body { lines.append("Content-Length: \(body.utf8.count)") }
    return try await send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")).utf8))
  }

  /// Sends these bytes, and reads until the server closes the connection.
  package func send(_ bytes: [UInt8]) async throws -> Response {
    let address = address
    // Blocking calls have no place on the cooperative pool.
    let answer: [UInt8] = try await withCheckedThrowingContinuation { continuation in
      Thread { continuation.resume(with: Result { try Self.exchange(bytes, address) }) }.start()
    }
    return try Self.parse(answer)
  }

  private static func exchange(_ bytes: [UInt8], _ address: Address) throws -> [UInt8] {
    let descriptor = try connected(address)
    defer { close(descriptor) }
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    // The server may answer before it has read everything.
    _ = LoopbackSocket.send(bytes[...], to: descriptor)
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count < 0, errno == EINTR { continue }
      if count < 0, answer.isEmpty {
        throw Failure(message: "no answer: \(String(cString: strerror(errno)))")
      }
      guard count > 0 else { return answer }
      answer += buffer[..<count]
    }
  }

  private static func connected(_ address: Address) throws -> Int32 {
    let descriptor =
      switch address {
      case .port(let port): LoopbackSocket.connect(port)
      case .unix(let path): LoopbackSocket.connect(unix: path)
      }
    guard let descriptor else {
      throw Failure(message: "cannot connect: \(String(cString: strerror(errno)))")
    }
    return descriptor
  }

  private static func parse(_ bytes: [UInt8]) throws -> Response {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { throw Failure(message: "no HTTP response: \(text)") }
    let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
    guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      throw Failure(message: "no status: \(lines[0])")
    }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
    }
    return Response(status: status, headers: headers, body: String(text[end.upperBound...]))
  }
}
