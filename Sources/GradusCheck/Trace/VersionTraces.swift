import Gradus
import GradusCatalog
import GradusSQL

/// What the deltas of all versions do, and what the rules say to that.
struct VersionTraces {
  /// A delta, with what its version's rules depend on.
  private struct Entry {
    var trace: DeltaTrace
    var version: Int
    var admitsOlder: Bool
  }

  private var entries: [Entry] = []
  /// What deltas do to rows, by version.
  private var rows: [Engine: [Int: Result<CheckResult, any Error>]] = [:]
  /// The engines on which a delta would be refused: later versions are not looked at there.
  private(set) var stopped: Set<Engine> = []
  /// What could not be looked at.
  private(set) var notes: [String] = []

  /// Applies all deltas of each version that has a version before it.
  ///
  /// - Parameters:
  ///   - builder: makes scratch databases.
  ///   - engines: the engines.
  ///   - mayBePending: whether an update that cannot be completed has been found already.
  /// - Throws: `GradusError` where a file cannot be read, or an update fails of which that was not known.
  init(_ builder: SchemaBuilder, engines: [Engine], mayBePending: Bool = false) async throws {
    let schema = builder.schema
    for (base, version) in schema.upgrades {
      // Where no older version is admitted, none can break.
      let admitsOlder = schema.ledger.versions[version].map { $0.compatVersion < version } ?? true
      for engine in engines where !stopped.contains(engine) {
        do {
          let (traces, found) = try await DeltaTracer(builder).tracesAndRows(
            of: version, from: base, on: engine)
          rows[engine, default: [:]][version] = found
          entries += traces.map { Entry(trace: $0, version: version, admitsOlder: admitsOlder) }
          if traces.contains(where: \.isRefused) { stopped.insert(engine) }
        } catch let error as GradusError where mayBePending && error.code == .updatesPending {
          notes.append("nothing is known of version \(version) and later on \(engine): \(error.message)")
          stopped.insert(engine)
        }
      }
    }
  }

  /// What a version's deltas do on an engine, in order.
  func traces(of version: Int, on engine: Engine) -> [DeltaTrace] {
    entries.filter { $0.version == version && $0.trace.engine == engine }.map(\.trace)
  }

  /// What a version's deltas do to rows on an engine; nothing where they were not tried.
  ///
  /// - Throws: what stood in the way; on an engine on which a later version was not looked at not that updates are pending, as
  ///   that is known.
  func rows(of version: Int, on engine: Engine) throws -> CheckResult {
    do {
      return try rows[engine]?[version]?.get() ?? CheckResult()
    } catch let error as GradusError where stopped.contains(engine) && error.code == .updatesPending {
      return CheckResult()
    }
  }

  /// What was found, in the order of versions and files.
  ///
  /// - Throws: `GradusError` where a suppression is malformed.
  func findings() throws -> [Finding] {
    var newest: [Engine: Catalog] = [:]
    for entry in entries { newest[entry.trace.engine] = entry.trace.after }
    var findings: [Finding] = []
    for version in Set(entries.map(\.version)).sorted() {
      findings += Finding.merged(
        try entries.filter { $0.version == version }.flatMap { entry in
          try TraceRules(
            trace: entry.trace, admitsOlder: entry.admitsOlder,
            newest: newest[entry.trace.engine]?.spelled(like: entry.trace.after) ?? entry.trace.after,
            splitRebuilds: SplitRebuild.all(
              beginningWith: entry.trace, among: traces(of: version, on: entry.trace.engine))
          ).findings()
        })
    }
    return findings
  }
}
