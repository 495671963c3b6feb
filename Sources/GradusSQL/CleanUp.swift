/// Work that puts a connection in order at an end.
package enum CleanUp {
  /// Far more than a cancellation ever needs, which interrupts twenty times a second.
  private static let attempts = 100

  /// Does the work also after a cancellation, which must not leave the connection changed for its next job: the cancelled
  /// job is interrupted over and over, so that one attempt may be hit. An interrupt that comes late may look like a
  /// timeout. Any other failure would come again.
  package static func run(_ body: () throws -> Void) {
    for _ in 0..<attempts {
      do {
        return try body()
      } catch let error as SQLError where [.cancelled, .statementTimeout].contains(error.code) {
        continue
      } catch {
        return
      }
    }
  }
}
