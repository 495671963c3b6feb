import Foundation
import GradusSQL
import GradusTestSupport
import ProgramTestSupport

/// A folder with a schema, databases and the programs, in which a page's commands are run by a shell, in their order.
struct Sandbox {
  /// What is there when the page begins.
  enum Stage: Sendable {
    /// Nothing but the programs.
    case empty
    /// The schema of the README's tour as versions 87 and 88 in a git repository, a SQLite database with orders and an
    /// update to run, and where asked for a PostgreSQL database with nothing left to do.
    case shop(postgres: Bool = false)
    /// The worked example in a git repository, and its sample databases at a version. Its program is `gradus`, too: an
    /// application has the commands in its own program.
    case example(sqlite: Int?, postgres: Int?)
  }

  let folder: URL
  private var environment: [String: String]

  /// Runs a test in a sandbox, which is removed afterwards.
  static func with(_ stage: Stage, _ body: (Sandbox) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "gradus-docs-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await TestDatabase.withDatabase(.postgres) { first in
      try await TestDatabase.withDatabase(.postgres) { second in
        var sandbox = Sandbox(
          folder: folder,
          environment: [
            "SANDBOX": folder.path, "SANDBOX_POSTGRES": first.address, "SANDBOX_POSTGRES_2": second.address,
            "SANDBOX_SCRATCH": scratch, "HOMESERVER_SERVER_NAME": "example.org",
            "SANDBOX_KEY": Data(repeating: 7, count: 32).base64EncodedString().replacing("=", with: ""),
          ])
        try await sandbox.prepare(stage, postgres: first)
        try await body(sandbox)
      }
    }
  }

  private static let scratch = ProcessInfo.processInfo.environment["GRADUS_TEST_POSTGRES"] ?? ""

  /// Runs a script.
  func run(_ script: String) async throws -> ProgramResult {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = folder
    var variables = ProcessInfo.processInfo.environment
    for name in ["DATABASE_URL", "GRADUS_SCHEMA_ROOT", "GRADUS_SCRATCH"] { variables[name] = nil }
    variables.merge(environment) { $1 }
    variables["PATH"] = folder.appending(path: "bin").path + ":" + (variables["PATH"] ?? "/usr/bin:/bin")
    process.environment = variables
    return try await RunningProgram(process, timeLimit: .seconds(240)).result()
  }

  private mutating func prepare(_ stage: Stage, postgres: TestDatabase) async throws {
    let bin = folder.appending(path: "bin")
    try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
    var gradus = Program.gradus
    if case .example = stage { gradus = .homeserver }
    for (name, program) in [("gradus", gradus), ("homeserver", .homeserver)] {
      try FileManager.default.createSymbolicLink(
        at: bin.appending(path: name), withDestinationURL: program.executable)
    }
    switch stage {
    case .empty: break
    case .shop(let updatesPostgres):
      let tree = try TemporarySchema.totals(after: 87)
      for name in ["schema", "delta"] {
        try FileManager.default.copyItem(
          at: tree.root.appending(path: name), to: folder.appending(path: name))
      }
      try await commit()
      let database = TestDatabase(at: .sqlite(path: folder.appending(path: "shop.db").path))
      try await tree.begin(on: database, version: 87, orders: 20)
      environment["DATABASE_URL"] = "sqlite:shop.db"
      try await prepare("gradus migrate")
      if updatesPostgres {
        let address = "--database \"$SANDBOX_POSTGRES\""
        try await prepare("gradus migrate \(address) && gradus updates run \(address)")
      }
    case .example(let sqlite, let version):
      for name in ["schema", "delta", "docs"] {
        try FileManager.default.copyItem(
          at: BuiltProgram.packageRoot.appending(path: name), to: folder.appending(path: name))
      }
      // No key of anybody's: what the homeserver would have.
      try Data(
        "ed25519 new \(Data(repeating: 9, count: 32).base64EncodedString().replacing("=", with: ""))\n".utf8
      )
      .write(to: folder.appending(path: "signing.key"))
      for name in ["irc", "slack"] {
        try Data("sender_localpart: \(name)\nnamespaces: {users: []}\n".utf8)
          .write(to: folder.appending(path: name + ".yaml"))
      }
      try await commit()
      if let sqlite {
        environment["DATABASE_URL"] = "sqlite:homeserver.db"
        try await sample(at: sqlite, "\"$DATABASE_URL\"")
      }
      if let version {
        try await sample(at: version, "\"$SANDBOX_POSTGRES\"")
        environment["SANDBOX_ROOM"] = try await postgres.values(
          "SELECT room_id FROM rooms ORDER BY room_id LIMIT 1"
        ).first?.text
      }
    }
  }

  private func commit() async throws {
    try await prepare(
      "git init -q -b main . && git add schema delta && git -c user.name=t -c user.email=t@example.org commit -q -m x"
    )
  }

  private func sample(at version: Int, _ address: String) async throws {
    try await prepare("homeserver sample --rooms 8 --memberships 40 --users 20 --database \(address)")
    if version > 86 { try await prepare("homeserver migrate --to \(version) --database \(address)") }
  }

  private func prepare(_ script: String) async throws {
    let result = try await run(script)
    guard result.code == 0 else { throw ProgramFailure(message: "\(script): \(result)") }
  }
}
