import Foundation

/// Who a process is, for records and for those who wait for it.
package enum ProcessIdentity {
  /// `name pid 123 on host`.
  package static let current: String = {
    let info = ProcessInfo.processInfo
    return "\(info.processName) pid \(info.processIdentifier) on \(info.hostName)"
  }()

  /// The line that this process leaves in the file of a lock it takes now, for those who wait for it.
  package static var lockHolder: String { "\(current), since \(Date().formatted(.iso8601))" }

  /// Milliseconds since 1970.
  package static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
