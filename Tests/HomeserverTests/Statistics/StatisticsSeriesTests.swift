import Testing

@testable import HomeserverSchema

/// Filling the slices without rows.
@Suite struct StatisticsSeriesTests {
  struct Case: Sendable {
    /// End, joined rooms, events.
    var rows: [(Int64, Int64?, Int64)]
    var from: Int64
    var to: Int64
    var length: Int64 = 10
    /// End, joined rooms, events, whether there is a row.
    var points: [(Int64, Int64?, Int64, Bool)]
  }

  @Test(arguments: [
    Case(rows: [], from: 0, to: 15, points: [(10, nil, 0, false), (20, nil, 0, false)]),
    Case(
      rows: [(10, 1, 5), (40, 2, 6)], from: 0, to: 59,
      points: [
        (10, 1, 5, true), (20, 1, 0, false), (30, 1, 0, false), (40, 2, 6, true), (50, 2, 0, false),
        (60, 2, 0, false),
      ]),
    // What is before the first slice is carried into it, but did not happen in it.
    Case(rows: [(-30, 7, 9)], from: 0, to: 0, points: [(10, 7, 0, false)]),
    Case(rows: [(0, 7, 9)], from: 0, to: 0, points: [(10, 7, 0, false)]),
    Case(rows: [(-30, 7, 9), (0, 8, 9), (10, 9, 1)], from: 0, to: 0, points: [(10, 9, 1, true)]),
    // Before time's own beginning.
    Case(
      rows: [(-10, 3, 1)], from: -25, to: -1,
      points: [(-20, nil, 0, false), (-10, 3, 1, true), (0, 3, 0, false)]),
    // Rows of shorter slices are added up, those of longer ones count where they end.
    Case(
      rows: [(12, 1, 1), (15, 2, 2), (20, 3, 4), (21, 4, 8)], from: 10, to: 29,
      points: [(20, 3, 7, true), (30, 4, 8, true)]),
    Case(
      rows: [(100, 1, 50)], from: 80, to: 109,
      points: [(90, nil, 0, false), (100, 1, 50, true), (110, 1, 0, false)]),
    // A column that is NULL is not made up.
    Case(
      rows: [(10, 4, 0), (20, nil, 0)], from: 0, to: 29,
      points: [(10, 4, 0, true), (20, nil, 0, true), (30, nil, 0, false)]),
  ])
  func fills(_ example: Case) {
    let rows = example.rows.map { HistoricalRow(end: $0.0, absolute: [$0.1], perSlice: [0, 0, $0.2, 0]) }
    let series = StatisticsSeries.build(
      .users, rows, from: StatisticsSlice(containing: example.from, length: example.length),
      to: StatisticsSlice(containing: example.to, length: example.length))
    #expect(series.points.map(\.slice.end) == example.points.map(\.0))
    #expect(series.points.map { $0.absolute["joined_rooms"] ?? nil } == example.points.map(\.1))
    #expect(series.points.map { $0.perSlice["total_events"] } == example.points.map(\.2))
    #expect(series.points.map(\.isRecorded) == example.points.map(\.3))
    #expect(
      series.points.allSatisfy { $0.perSlice["invites_sent"] == 0 && $0.slice.length == example.length })
  }

  @Test func theEndOfTime() {
    let last = StatisticsSlice(containing: .max, length: 10)
    let series = StatisticsSeries.build(.users, [], from: last, to: last)
    #expect(series.points.count == 1)
  }
}
