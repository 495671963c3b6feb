import Foundation

/// Ports of this machine that nobody outside it reaches.
package enum LoopbackPort {
  /// A port that nobody listens on at this moment.
  ///
  /// - Throws: `ProgramFailure`.
  package static func free() throws -> UInt16 {
    #if os(Linux)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    defer { close(descriptor) }
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard isBound else { throw ProgramFailure(message: "no free port: \(String(cString: strerror(errno)))") }
    return UInt16(bigEndian: name.sin_port)
  }
}
