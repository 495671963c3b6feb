import Foundation

/// Ports of this machine that nobody outside it reaches.
package enum LoopbackPort {
  /// A port that nobody listens on at this moment.
  ///
  /// - Throws: `ProgramFailure`.
  package static func free() throws -> UInt16 {
    let (descriptor, port) = try LoopbackSocket.bound()
    close(descriptor)
    return port
  }
}
