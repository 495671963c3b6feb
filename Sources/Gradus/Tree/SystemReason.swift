import Foundation

/// Why the system has refused something.
package enum SystemReason {
  /// - Parameter error: an error of Foundation's, whose own description may be no more than its number.
  package static func of(_ error: any Error) -> String {
    let behind = (error as? CocoaError)?.userInfo.values.lazy.compactMap { $0 as? POSIXError }.first
    let cause = (error as? POSIXError) ?? behind
    return cause.map { String(cString: strerror($0.code.rawValue)) } ?? error.localizedDescription
  }
}
