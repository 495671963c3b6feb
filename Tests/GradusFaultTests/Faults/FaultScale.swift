import Foundation

/// How much of what could be tried is tried: `GRADUS_FAULT_SCALE` multiplies it, 1 is for CI.
enum FaultScale {
  static let factor = max(
    1, ProcessInfo.processInfo.environment["GRADUS_FAULT_SCALE"].flatMap { Int($0) } ?? 1)

  /// - Parameter count: for CI.
  static func times(_ count: Int) -> Int { count * factor }
}
