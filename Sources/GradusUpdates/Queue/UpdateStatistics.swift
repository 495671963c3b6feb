import Foundation
import GradusSQL

/// What an update has done since it was queued, over all processes that worked on it.
public struct UpdateStatistics: Sendable, Hashable {
  /// Rows looked at.
  public var scanned = 0
  /// Rows written.
  public var written = 0
  /// Batches done.
  public var batches = 0
  /// Time spent in batches, in milliseconds.
  public var milliseconds = 0.0
  /// Rows left out or treated as absent for bad data, by reason.
  public var skipped: [String: Int] = [:]
  /// When the first batch began, in milliseconds since 1970.
  public var startedAt: Int64?
  /// When it was completed, in milliseconds since 1970.
  public var completedAt: Int64?

  /// Nothing done yet.
  public init() {}

  /// From seven columns; those of an update that was completed before and is queued anew begin at nothing.
  init(_ row: Row, from first: Int, keepsCompleted: Bool = false) {
    guard keepsCompleted || row[first + 6].isNull else { return }
    scanned = Int(row[first].integer ?? 0)
    written = Int(row[first + 1].integer ?? 0)
    batches = Int(row[first + 2].integer ?? 0)
    milliseconds = row[first + 3].double ?? 0
    skipped =
      row[first + 4].text.flatMap { try? JSONDecoder().decode([String: Int].self, from: Data($0.utf8)) }
      ?? [:]
    startedAt = row[first + 5].integer
    completedAt = row[first + 6].integer
  }

  var skippedJSON: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return (try? encoder.encode(skipped)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  mutating func add(scanned: Int, written: Int, skipped: [String: Int], milliseconds: Double) {
    self.scanned += scanned
    self.written += written
    self.milliseconds += milliseconds
    batches += 1
    self.skipped.merge(skipped, uniquingKeysWith: +)
  }
}
