import Foundation
import Synchronization

/// A server of a test's own, as a process that ends with this process, however that ends; and then its folder goes, too,
/// and what it has written to its log.
///
/// Servers refuse to run as root, and so run as the user `postgres` there.
package final class ServerProcess: Sendable {
  let program: RunningProgram
  /// Standard input of the shell around the server, which stops the server when it is closed.
  private let life: FileHandle
  /// Says that somebody is there still who sees to the folder.
  private let stay: URL

  /// Starts a server.
  ///
  /// - Parameters:
  ///   - command: the program's path and its arguments.
  ///   - folder: where it runs; of its own.
  init(_ command: [String], in folder: URL) throws {
    stay = folder.appending(path: "stay")
    try? FileManager.default.removeItem(at: stay)
    let pipe = Pipe()
    let process = Process()
    let output = RunningProgram.newFolder()
    process.executableURL = URL(filePath: "/bin/bash")
    // A signal to end, as all processes of a run may get, is not for the shell that tidies up.
    process.arguments =
      [
        "-c",
        #"""
        trap '' TERM; output=$1; shift
        "$@" </dev/null & server=$!; cat >/dev/null; kill -INT $server; wait $server
        [[ -e $0 ]] || rm -rf -- "$PWD" "$output"
        """#,
        stay.path, output.path,
      ] + Self.asOwner + command
    process.currentDirectoryURL = folder
    program = try Self.withoutBlockedSignals {
      try RunningProgram(
        process, timeLimit: .seconds(600),
        input: FileHandle(
          fileDescriptor: dup(pipe.fileHandleForReading.fileDescriptor), closeOnDealloc: true),
        folder: output)
    }
    try pipe.fileHandleForReading.close()
    life = pipe.fileHandleForWriting
  }

  /// What a thread blocks, its children do: those of Dispatch block the signal that ends a server, and pgbouncer, unlike
  /// PostgreSQL, leaves that as it is.
  private static func withoutBlockedSignals<R>(_ start: () throws -> R) rethrows -> R {
    var (none, before) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    return try start()
  }

  /// Asks the server to end; its folder stays.
  func end() {
    try? Data().write(to: stay)
    try? life.close()
  }

  /// Makes a folder for a server: a short path, as a Unix socket's has at most 107 bytes.
  static func makeFolder(_ name: String, in parent: String = "/tmp") throws -> URL {
    let folder = URL(filePath: parent).appending(path: "\(name)-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    if getuid() == 0, let owner = getpwnam(owner) {
      chown(folder.path, owner.pointee.pw_uid, owner.pointee.pw_gid)
    }
    return folder
  }

  /// PostgreSQL refuses to run as root.
  package static let owner = "postgres"

  /// What comes before a command so that the servers' user runs it.
  static var asOwner: [String] {
    getuid() == 0 ? ["setpriv", "--reuid=\(owner)", "--regid=\(owner)", "--init-groups", "--"] : []
  }
}
