import Foundation

/// Sockets of this machine that nobody outside it reaches.
package enum LoopbackSocket {
  /// What kept a socket from being made.
  package struct Failure: Error { package var message: String }

  #if os(Linux)
    private static let stream = Int32(SOCK_STREAM.rawValue)
    private static let noSignal = Int32(MSG_NOSIGNAL)
  #else
    private static let stream = SOCK_STREAM
    private static let noSignal: Int32 = 0
  #endif

  private static func name(_ port: UInt16) -> sockaddr_in {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return name
  }

  /// A socket that is bound to a port that was free.
  ///
  /// - Parameter port: the port; 0 for any.
  /// - Throws: `Failure`.
  package static func bound(to port: UInt16 = 0) throws -> (descriptor: Int32, port: UInt16) {
    let descriptor = socket(AF_INET, stream, 0)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var name = name(port)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard isBound else {
      defer { close(descriptor) }
      throw Failure(message: "no free port: \(String(cString: strerror(errno)))")
    }
    return (descriptor, UInt16(bigEndian: name.sin_port))
  }

  /// A socket that connections can be made to.
  ///
  /// - Throws: `Failure`.
  package static func listen() throws -> (descriptor: Int32, port: UInt16) {
    let (descriptor, port) = try bound()
    guard Foundation.listen(descriptor, 64) == 0 else {
      defer { close(descriptor) }
      throw Failure(message: "cannot listen: \(String(cString: strerror(errno)))")
    }
    return (descriptor, port)
  }

  /// The next connection; nil where no more come.
  package static func accept(_ listener: Int32) -> Int32? {
    while true {
      let client = Foundation.accept(listener, nil, nil)
      if client >= 0 {
        prepare(client)
        return client
      }
      guard errno == EINTR || errno == ECONNABORTED else { return nil }
    }
  }

  /// A connection to a port; nil where nobody listens.
  package static func connect(_ port: UInt16) -> Int32? {
    var name = name(port)
    return connect(AF_INET, &name)
  }

  /// A connection to a Unix socket; nil where nobody listens.
  ///
  /// - Parameter path: its file.
  package static func connect(unix path: String) -> Int32? {
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
    return connect(AF_UNIX, &name)
  }

  private static func connect<Name>(_ family: Int32, _ name: inout Name) -> Int32? {
    let descriptor = socket(family, stream, 0)
    let size = socklen_t(MemoryLayout<Name>.size)
    let result = withUnsafePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { Foundation.connect(descriptor, $0, size) }
    }
    guard result == 0 else {
      close(descriptor)
      return nil
    }
    prepare(descriptor)
    return descriptor
  }

  /// What is passed on goes at once, and no program that is started keeps it.
  private static func prepare(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var isOn: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), Int32(TCP_NODELAY), &isOn, socklen_t(MemoryLayout<Int32>.size))
  }

  /// - Returns: whether all was sent.
  package static func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, noSignal) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
