import Foundation
import Synchronization

/// A connection to a loopback port that stays open until it is closed.
final class OpenConnection: Sendable {
  private let descriptor = Mutex<Int32>(-1)

  /// Connects and sends a text; what comes back nobody reads.
  func send(_ text: String, to port: UInt16) async throws {
    let opened = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    descriptor.withLock { $0 = opened }
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = port.bigEndian
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    // To a loopback port that listens, this does not block.
    let result = withUnsafePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(opened, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw POSIXError(.ECONNREFUSED) }
    let bytes = Array(text.utf8)
    guard write(opened, bytes, bytes.count) == bytes.count else { throw POSIXError(.EPIPE) }
    try await Task.sleep(for: .milliseconds(200))
  }

  func close() {
    descriptor.withLock { descriptor in
      if descriptor >= 0 { Foundation.close(descriptor) }
      descriptor = -1
    }
  }

  deinit { close() }
}
