import GradusSQL
import Synchronization

/// Connections that are lost at a commit: the server has committed, and its answer does not arrive.
final class LostCommits: ForwardingDriver {
  let base: any Driver
  private let isLost: @Sendable (Int) -> Bool
  private let commits = Mutex(0)
  private let losses = Mutex(0)
  /// How many connections were lost so far.
  var lost: Int { losses.withLock { $0 } }

  /// - Parameters:
  ///   - base: the driver behind it.
  ///   - isLost: whether the connection is lost at a commit, the first over all connections being number 1.
  init(_ base: any Driver, where isLost: @escaping @Sendable (Int) -> Bool) {
    self.base = base
    self.isLost = isLost
  }

  func open() throws -> any ConnectionBackend { Backend(try base.open(), self) }

  private final class Backend: ForwardingBackend {
    private let driver: LostCommits
    private var isGone = false
    private static let error = SQLError(.connectionLost, "the answer did not arrive")

    init(_ base: any ConnectionBackend, _ driver: LostCommits) {
      self.driver = driver
      super.init(base)
    }

    override func run(_ sql: String, _ parameters: [SQLValue], row: (Row) throws -> Void) throws -> Int {
      if isGone { throw Self.error }
      return try super.run(sql, parameters, row: row)
    }

    override func begin(_ mode: TransactionMode, lockTimeout: Duration?) throws {
      if isGone { throw Self.error }
      try super.begin(mode, lockTimeout: lockTimeout)
    }

    override func commit() throws {
      try super.commit()
      let number = driver.commits.withLock { commits in
        commits += 1
        return commits
      }
      guard driver.isLost(number) else { return }
      driver.losses.withLock { $0 += 1 }
      isGone = true
      throw Self.error
    }
  }
}
