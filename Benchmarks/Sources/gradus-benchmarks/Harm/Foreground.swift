import Foundation
import GradusSQL

/// The application: short transactions at a fixed rate, in a process of its own.
struct Foreground: Sendable {
  let rows: Int
  let rate: Int
  let warmUp: Int
  let seconds: Int

  func run(on location: DatabaseLocation) async throws -> Latencies {
    switch location {
    case .postgres(let address): try await runPgbench(address)
    case .sqlite(let path): try await runWriter(path)
    }
  }

  // MARK: PostgreSQL

  /// At its rate pgbench, too, counts from when a transaction was due.
  private func runPgbench(_ address: String) async throws -> Latencies {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gradus-harm-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let script = folder.appending(path: "script.sql")
    try """
    \\set id random(1, \(rows))
    BEGIN;
    UPDATE items SET payload = payload WHERE id = :id;
    INSERT INTO messages (id, text) VALUES (:id, 'a message of some length');
    COMMIT;

    """.write(to: script, atomically: true, encoding: .utf8)
    _ = try await ForegroundProcess.output(
      "/usr/bin/env",
      [
        "pgbench", "--no-vacuum", "--file=\(script.path)", "--client=4", "--jobs=1", "--rate=\(rate)",
        "--time=\(warmUp + seconds)", "--log", "--log-prefix=\(folder.appending(path: "log").path)", address,
      ])
    let logs = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.lastPathComponent.hasPrefix("log.") }
    let lines = try logs.flatMap { try String(contentsOf: $0, encoding: .utf8).split(separator: "\n") }
    // client, transaction, microseconds, script, end in seconds and microseconds since 1970, lag
    let entries = try lines.map { line in
      let fields = line.split(separator: " ").map { Double($0) }
      guard fields.count >= 6, let took = fields[2], let end = fields[4], let fraction = fields[5] else {
        throw BenchmarkError("pgbench logs what is not understood: \(line)")
      }
      return (end: end + fraction / 1e6, milliseconds: took / 1000)
    }
    let start = (entries.map(\.end).min() ?? 0) + Double(warmUp)
    return try Latencies(entries.filter { $0.end >= start }.map(\.milliseconds))
  }

  // MARK: SQLite

  private func runWriter(_ path: String) async throws -> Latencies {
    let output = try await ForegroundProcess.output(
      CommandLine.arguments[0],
      [
        "harm-writer", path, "--rows", "\(rows)", "--rate", "\(rate)", "--seconds", "\(warmUp + seconds)",
        "--warm-up", "\(warmUp)",
      ])
    return try Latencies(output.split(separator: "\n").compactMap { Double($0) })
  }
}
