import Foundation
import GradusTestSupport
import Synchronization

/// Ports of this machine that nobody outside it reaches.
package enum LoopbackPort {
  /// Below those that systems give to outgoing connections: one of these could take the port while its server is down.
  private static let range: Range<UInt16> = 10_000..<30_000
  private static let given = Mutex<Set<UInt16>>([])

  /// A port that nobody listens on at this moment, and that this process is not given again.
  ///
  /// - Throws: `ProgramFailure`.
  package static func free() throws -> UInt16 {
    for _ in 0..<1000 {
      let port = UInt16.random(in: range)
      guard given.withLock({ $0.insert(port).inserted }),
        let socket = try? LoopbackSocket.bound(to: port)
      else { continue }
      close(socket.descriptor)
      return port
    }
    throw ProgramFailure(message: "no free port in \(range)")
  }
}
