import Testing

@testable import GradusUpdates

@Suite struct ReplicationLagTests {
  @Test func withoutReplicasThereIsNone() {
    var lag = ReplicationLag()
    #expect(lag.read([], position: 100, at: 0) == nil)
  }

  @Test func theSlowestCounts() {
    var lag = ReplicationLag()
    let replicas: [ReplicationLag.Replica] = [
      .init(replayed: 100, measured: 3), .init(replayed: 100, measured: 40), .init(replayed: 100),
    ]
    #expect(lag.read(replicas, position: 100, at: 0) == 40)
  }

  @Test func aReplicaThatIsThereHasNone() {
    var lag = ReplicationLag()
    for second in 0..<5 {
      let position = Int64(second) * 1000
      #expect(lag.read([.init(replayed: position)], position: position, at: Double(second)) == 0)
    }
  }

  /// PostgreSQL has no lag, or an old one, of a replica that reports nothing new.
  @Test(arguments: [nil, 20.0])
  func aReplicaThatStandsStillFallsBehind(measured: Double?) {
    var lag = ReplicationLag()
    let lags = (0..<4).map { step in
      lag.read(
        [.init(replayed: 500, measured: measured)], position: 1000 + Int64(step) * 100, at: Double(step) * 5)
    }
    #expect(lags == [measured ?? 0, 5000, 10_000, 15_000])
    // It gets on: as far behind as the oldest reading that it has not replayed.
    #expect(lag.read([.init(replayed: 1150)], position: 1400, at: 20) == 10_000)
    #expect(lag.read([.init(replayed: 1400)], position: 1400, at: 25) == 0)
  }

  @Test func anotherServerBeginsAnew() {
    var lag = ReplicationLag()
    _ = lag.read([.init(replayed: 0)], position: 1000, at: 0)
    #expect(lag.read([.init(replayed: 0)], position: 10, at: 60) == 0)
  }

  @Test func theOldestReadingIsKept() {
    var lag = ReplicationLag()
    var last: Double?
    for second in 0...1000 {
      last = lag.read([.init(replayed: 0)], position: 1 + Int64(second), at: Double(second))
    }
    #expect(last == 1_000_000)
  }
}
