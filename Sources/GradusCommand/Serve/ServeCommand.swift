#if AdminAPI
  import ArgumentParser
  import Foundation
  import Gradus
  import GradusAdmin
  import GradusUpdates
  import Logging

  struct ServeCommand<App: SchemaApplication>: AsyncParsableCommand, SteppedCommand {
    static var configuration: CommandConfiguration {
      CommandConfiguration(
        commandName: "serve",
        abstract: "Migrate, then run background updates and the admin API until SIGTERM.",
        discussion: App.help(
          """
          Listens first: /health answers at once, /ready once the start-up migration is done. Ctrl-C and SIGTERM end it \
          after the batch under way, with exit code 0; a second one breaks the batch off. Tokens come from --token-file \
          and from GRADUS_ADMIN_TOKEN and GRADUS_READ_TOKEN; without any it listens on loopback addresses and Unix \
          sockets only. Where this version may not open a database, or is shut out while it runs, it exits with 3.
          """,
          examples: "serve --token-file /etc/gradus/tokens",
          "serve --listen unix:/run/gradus/admin.sock --socket-mode 660 --workers 2"))
    }

    @OptionGroup var schema: SchemaOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var migration: MigrationOptions
    @Option(
      help: ArgumentHelp(
        "Where the admin API listens: HOST:PORT or unix:PATH; 127.0.0.1:8008 by default.",
        valueName: "address")
    )
    var listen: String?
    @Option(
      help: ArgumentHelp("Tokens, each with its scope; see 'token new'.", valueName: "file"),
      completion: .file())
    var tokenFile: String?
    @Option(
      help: ArgumentHelp(
        "Who may connect to a Unix socket, as rights of a file; 600 by default.", valueName: "mode"))
    var socketMode: String?
    @Option(help: "How many batches run at the same time; more than one on PostgreSQL only.") var workers = 1
    @Flag(
      help: """
        Do not migrate: fail where 'migrate' has to run first. Rows that an older version has made stale are \
        removed all the same.
        """)
    var noMigrate = false
    @Option(
      help: "What is logged to standard error: trace, debug, info, notice, warning, error or critical.",
      completion: .list(Logger.Level.allCases.map(\.rawValue)))
    var logLevel = "info"

    func validate() throws {
      guard (1...WorkerPool.mostWorkers).contains(workers) else {
        throw ValidationError("--workers must be from 1 to \(WorkerPool.mostWorkers)")
      }
      guard Logger.Level(rawValue: logLevel) != nil else {
        let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--log-level must be one of \(levels)")
      }
      do {
        _ = (try listen.map(ListenAddress.init(parsing:)), try socketMode.map(AdminSettings.mode))
      } catch let error as GradusError {
        throw ValidationError("\(error)")
      }
    }

    func run() async throws {
      var database = database
      database.createsFile = !noMigrate
      let context = try CommandContext(App.self, schema, database)
      let address: ListenAddress =
        try listen.map(ListenAddress.init(parsing:)) ?? context.admin.listen ?? .standard
      // It would look as if it kept others off.
      if socketMode != nil, case .tcp = address {
        throw ValidationError("--socket-mode is for a Unix socket, and this listens on \(address)")
      }
      var logger = Logger(label: App.name) { OneLineLogHandler(StreamLogHandler.standardError(label: $0)) }
      logger.logLevel = Logger.Level(rawValue: logLevel) ?? .info
      var configuration = AdminConfiguration(
        databases: context.databases, reports: context.reports, logger: logger)
      configuration.jobs = App.jobs
      configuration.paths = context.admin.paths
      configuration.tokens = try tokens(context.admin)
      configuration.state = ServerState()
      let listening = Signal()
      let server = try AdminServer(
        configuration, address: address,
        socketMode: try socketMode.map(AdminSettings.mode) ?? context.admin.socketMode ?? 0o600,
        onListening: { _ in listening.give() })
      let work = ServedWork(
        context: context, configuration: configuration,
        migration: StartupMigration(
          context: context, role: noMigrate ? .nonMigrating : .main, options: migration.options(),
          foregroundWorkers: migration.foregroundWorkers),
        workers: workers, listening: listening)
      // A client that is slow to go must not keep the work going.
      try await StopSignals.run([SideBySide(services: [work, server])])
      logger.info("ended in order")
    }

    private func tokens(_ settings: AdminSettings) throws -> AdminTokens {
      let file = try (tokenFile ?? settings.tokenFile).map(TokenFile.load)
      let variables = try TokenVariables.tokens(ProcessInfo.processInfo.environment)
      return AdminTokens((file?.entries ?? []) + variables)
    }
  }
#endif
