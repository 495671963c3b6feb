/// Something that happens to a homeserver's database.
package enum HomeserverStep: Sendable, Hashable {
  /// A process of a version starts: it brings the database to what it expects, or is refused.
  case start(process: Int, version: Int, crash: Int?)
  /// A process ends in order.
  case stop(process: Int)
  /// A process writes what a seed decides, in one transaction.
  case write(process: Int, seed: UInt64, crash: Int?)
  /// A process runs some batches of its background updates.
  case batches(process: Int, count: Int, size: Int, crash: Int?)
}

extension HomeserverStep: CustomStringConvertible {
  /// A sentence.
  package var description: String {
    func dies(_ crash: Int?) -> String { crash.map { " and dies at statement \($0)" } ?? "" }
    return switch self {
    case .start(let process, let version, let crash):
      "process \(process) starts as version \(version)\(dies(crash))"
    case .stop(let process): "process \(process) stops"
    case .write(let process, let seed, let crash): "process \(process) writes (seed \(seed))\(dies(crash))"
    case .batches(let process, let count, let size, let crash):
      "process \(process) runs \(count) batches of \(size) rows\(dies(crash))"
    }
  }
}
