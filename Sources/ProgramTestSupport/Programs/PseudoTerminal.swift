package import Foundation

/// A terminal at which nobody sits: what a program asks there is a question to somebody.
package final class PseudoTerminal: Sendable {
  private let controller: Int32
  private let terminal: Int32

  package init() throws {
    var (controller, terminal): (Int32, Int32) = (-1, -1)
    guard openpty(&controller, &terminal, nil, nil, nil) == 0 else {
      throw ProgramFailure(message: "no terminal: \(String(cString: strerror(errno)))")
    }
    for descriptor in [controller, terminal] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    (self.controller, self.terminal) = (controller, terminal)
  }

  deinit {
    close(controller)
    close(terminal)
  }

  /// What a program reads from.
  package func input() -> FileHandle { FileHandle(fileDescriptor: dup(terminal), closeOnDealloc: true) }
}
