import Foundation
import GradusSQL
import GradusTestSupport

/// The program under test, run as a user runs it.
struct Homeserver {
  let path: String

  struct Failure: Error, CustomStringConvertible {
    let arguments: [String]
    let status: Int32
    let output: String
    var description: String {
      "homeserver \(arguments.joined(separator: " ")) exited with \(status):\n\(output)"
    }
  }

  /// Runs a command on a database and returns what it printed.
  ///
  /// - Throws: `Failure` where it exits with another code than 0.
  @discardableResult
  func run(_ arguments: String..., on database: TestDatabase) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    let address =
      switch database.location {
      case .sqlite(let path): path
      case .postgres(let address): address
      }
    process.environment = ProcessInfo.processInfo.environment.merging(["DATABASE_URL": address]) { $1 }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(arguments: arguments, status: process.terminationStatus, output: text)
    }
    return text
  }
}
