import Gradus
package import GradusSQL

/// What is left of queued updates, before they are run.
package struct UpdateEstimate: Sendable {
  /// Rows to look at; nil where an update cannot tell.
  package var rows: Int?
  /// The time at the rate of the batches done so far; nil where there were none.
  package var milliseconds: Int?

  /// - Parameters:
  ///   - names: the updates; those that are not queued are done, unless they are to come.
  ///   - coming: the updates that are going to be queued first: what they will find nobody can tell.
  ///   - registry: the updates that can be asked.
  ///   - session: a session of the database whose queue holds them.
  package static func remaining(
    _ names: [String], coming: Set<String> = [], registry: UpdateRegistry, on session: Session
  ) async throws -> UpdateEstimate {
    let wanted = Set(names)
    let listings = try await session.run {
      try UpdateListing.read($0, registry: registry, counting: wanted)
    }
    guard wanted.intersection(coming).isSubset(of: listings.map(\.entry.name)) else {
      return UpdateEstimate()
    }
    var estimate = UpdateEstimate(rows: 0, milliseconds: 0)
    for listing in listings where wanted.contains(listing.entry.name) {
      let (rows, statistics) = (listing.remaining, listing.statistics)
      estimate.rows = Self.sum(estimate.rows, rows)
      let rate =
        statistics.done.milliseconds > 0 ? Double(statistics.done.scanned) / statistics.done.milliseconds : 0
      let milliseconds = rate > 0 ? rows.flatMap { Int(exactly: (Double($0) / rate).rounded()) } : nil
      estimate.milliseconds = Self.sum(estimate.milliseconds, milliseconds)
    }
    return estimate
  }

  /// A handler may tell any number: nil where the sum is beyond what a number can be.
  private static func sum(_ first: Int?, _ second: Int?) -> Int? {
    guard let first, let second else { return nil }
    let (sum, isBeyond) = first.addingReportingOverflow(second)
    return isBeyond ? nil : sum
  }
}
