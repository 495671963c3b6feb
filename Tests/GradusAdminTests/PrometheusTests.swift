import CoreMetrics
import Foundation
import GradusAdmin
import GradusSQL
import GradusTestSupport
import Testing

/// The text format 0.0.4, read by a strict reader.
@Suite struct PrometheusTests {
  struct Sample: Hashable {
    var name: String
    var labels: [String: String]
    var value: Double
  }

  struct Wrong: Error { var line: String }

  /// Reads a text; anything that the format does not allow is an error.
  static func parse(_ text: String) throws -> (types: [String: String], samples: [Sample]) {
    var (types, samples): ([String: String], [Sample]) = ([:], [])
    var current = ""
    guard text.isEmpty || text.hasSuffix("\n") else { throw Wrong(line: "no end of line") }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) {
      if let match = line.wholeMatch(
        of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|summary|histogram)/)
      {
        current = String(match.1)
        guard types.updateValue(String(match.2), forKey: current) == nil else { throw Wrong(line: line) }
        continue
      }
      if line.wholeMatch(of: /# HELP [a-zA-Z_:][a-zA-Z0-9_:]* ([^\\]|\\\\|\\n)*/) != nil { continue }
      guard
        let match = line.wholeMatch(
          of: /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([+-]?(?:[0-9.]+(?:e[+-]?[0-9]+)?|Inf)|NaN)/)
      else { throw Wrong(line: line) }
      let name = String(match.1)
      let suffixes =
        types[current] == "histogram"
        ? ["_bucket", "_sum", "_count"] : types[current] == "summary" ? ["_sum", "_count"] : [""]
      guard suffixes.contains(where: { current + $0 == name }) else { throw Wrong(line: line) }
      var labels: [String: String] = [:]
      var rest = match.2.map { $0[...] } ?? ""
      while !rest.isEmpty {
        guard let label = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)/)
        else { throw Wrong(line: line) }
        let value = String(label.2).replacing("\\\\", with: "\u{1}").replacing("\\n", with: "\n")
          .replacing("\\\"", with: "\"").replacing("\u{1}", with: "\\")
        guard labels.updateValue(value, forKey: String(label.1)) == nil else { throw Wrong(line: line) }
        rest = rest[label.range.upperBound...]
      }
      let number = match.3 == "NaN" ? Double.nan : Double(match.3.replacing("Inf", with: "infinity"))
      guard let number else { throw Wrong(line: line) }
      let sample = Sample(name: name, labels: labels, value: number)
      guard !samples.contains(where: { $0.name == name && $0.labels == labels }) else {
        throw Wrong(line: line)
      }
      samples.append(sample)
    }
    return (types, samples)
  }

  /// Together with an accent a quote is one character to Swift, and so is a line end of Windows.
  @Test func charactersOfSeveralScalarsAreEscaped() {
    let text = "a\"\u{301}\r\n\\\u{301}"
    let help = "a\"\u{301}\r\\n\\\\\u{301}"
    #expect(MetricName.escapedHelp(text).utf8.elementsEqual(help.utf8))
    #expect(
      MetricName.escapedValue(text).utf8.elementsEqual(
        help.replacingOccurrences(of: "\"", with: "\\\"", options: .literal).utf8))
  }

  @Test func kindsOfMetrics() throws {
    let metrics = PrometheusMetrics(help: ["a_total": "First\nsecond \\ third."])
    Counter(label: "a_total", dimensions: [("x", "1")], factory: metrics).increment(by: 2)
    Counter(label: "a_total", dimensions: [("x", "1")], factory: metrics).increment()
    Counter(label: "a_total", dimensions: [("x", "2")], factory: metrics).increment()
    FloatingPointCounter(label: "f_total", dimensions: [], factory: metrics).increment(by: 1.5)
    Gauge(label: "g", dimensions: [], factory: metrics).record(-3.25)
    Gauge(label: "nan", dimensions: [], factory: metrics).record(Double.nan)
    Gauge(label: "inf", dimensions: [], factory: metrics).record(-Double.infinity)
    Recorder(label: "r", dimensions: [("k", "v")], aggregate: true, factory: metrics).record(4)
    Recorder(label: "r", dimensions: [("k", "v")], aggregate: true, factory: metrics).record(5)
    let timer = CoreMetrics.Timer(label: "t_seconds", dimensions: [], factory: metrics)
    timer.recordMilliseconds(7)
    timer.recordMilliseconds(7)
    timer.recordSeconds(100)
    let text = metrics.text()
    #expect(text.contains("# HELP a_total First\\nsecond \\\\ third.\n# TYPE a_total counter\n"))
    let (types, samples) = try Self.parse(text)
    #expect(
      types == [
        "a_total": "counter", "f_total": "counter", "g": "gauge", "nan": "gauge", "inf": "gauge",
        "r": "summary",
        "t_seconds": "histogram",
      ])
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
      samples.first { $0.name == name && $0.labels == labels }?.value
    }
    #expect(value("a_total", ["x": "1"]) == 3)
    #expect(value("a_total", ["x": "2"]) == 1)
    #expect(value("f_total") == 1.5)
    #expect(value("g") == -3.25)
    #expect(value("nan")?.isNaN == true)
    #expect(value("inf") == -.infinity)
    #expect(value("r_sum", ["k": "v"]) == 9)
    #expect(value("r_count", ["k": "v"]) == 2)
    #expect(value("t_seconds_bucket", ["le": "0.005"]) == 0)
    #expect(value("t_seconds_bucket", ["le": "0.01"]) == 2)
    #expect(value("t_seconds_bucket", ["le": "60"]) == 2)
    #expect(value("t_seconds_bucket", ["le": "+Inf"]) == 3)
    #expect(value("t_seconds_count") == 3)
    #expect(abs((value("t_seconds_sum") ?? 0) - 100.014) < 1e-9)
  }

  /// Names and values of any kind come out as the format allows.
  @Test func hostileNames() throws {
    let metrics = PrometheusMetrics()
    let value = "a\"b\\c\nd\\n{},=é"
    Counter(
      label: "1 bad-name\n# TYPE", dimensions: [("läbel", value), ("2", ""), ("le gal", "x")],
      factory: metrics
    )
    .increment()
    Counter(label: "dup", dimensions: [("a", "1"), ("a", "2")], factory: metrics).increment()
    // Of two kinds with one name the first counts.
    Gauge(label: "dup", dimensions: [], factory: metrics).record(7)
    Counter(label: "", dimensions: [], factory: metrics).increment()
    let (types, samples) = try Self.parse(metrics.text())
    #expect(types["_1_bad_name___TYPE"] == "counter")
    #expect(samples.first { $0.name == "_1_bad_name___TYPE" }?.labels["l_bel"] == value)
    #expect(samples.filter { $0.name == "dup" } == [Sample(name: "dup", labels: ["a": "2"], value: 1)])
  }

  @Test func memoryIsBounded() throws {
    let metrics = PrometheusMetrics(capacity: 10)
    for number in 0..<100 {
      Counter(label: "c", dimensions: [("n", "\(number)")], factory: metrics).increment()
    }
    #expect(try Self.parse(metrics.text()).samples.count == 10)
    let counter = Counter(label: "c", dimensions: [("n", "3")], factory: metrics)
    counter.increment()
    #expect(try Self.parse(metrics.text()).samples.contains { $0.labels == ["n": "3"] && $0.value == 2 })
    counter.destroy()
    #expect(try Self.parse(metrics.text()).samples.count == 9)
  }

  @Test(arguments: TestDatabase.availableEngines)
  func theApplicationsOwn(engine: Engine) async throws {
    try await Desk.with(engine) { desk in
      _ = try await desk.runUpdates()
      _ = await desk.get("/nothing")
      let answer = await desk.get("/metrics")
      #expect(answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
      let (types, samples) = try Self.parse(answer.body)
      #expect(types["gradus_update_batch_duration_seconds"] == "histogram")
      let labels = ["database_name": "master", "update_name": "touch"]
      #expect(
        samples.first { $0.name == "gradus_update_rows_written_total" && $0.labels == labels }?.value == 300)
      #expect(samples.contains { $0.name == "gradus_updates_parked" && $0.value == 1 })
      #expect(
        samples.contains {
          $0.name == "gradus_admin_requests_total"
            && $0.labels == ["method": "GET", "route": "none", "status": "404"]
        })
    }
  }
}
