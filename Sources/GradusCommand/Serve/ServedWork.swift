#if AdminAPI
  import Gradus
  import GradusAdmin
  import GradusService
  import GradusUpdates
  import Logging
  import ServiceLifecycle

  /// What `serve` does beside the admin API: migrates, announces its version, and runs background updates.
  struct ServedWork: Service {
    let context: CommandContext
    let configuration: AdminConfiguration
    let migration: StartupMigration
    let workers: Int
    /// Given once the admin API listens.
    let listening: Signal

    private var logger: Logger { configuration.logger }
    private var state: ServerState { configuration.state }
    private var control: RunControl { configuration.control }

    func run() async throws {
      try await withGracefulShutdownHandler {
        await listening.wait()
        try Task.checkCancellation()
        guard !control.isStopping, try await start() else { return }
        try await work()
      } onGracefulShutdown: {
        state.enter(.stopping("the program is shutting down"))
        logger.info("shutting down after the batch under way")
        control.stop()
        listening.give()
      }
    }

    /// - Returns: whether to go on; not where it was stopped meanwhile.
    private func start() async throws -> Bool {
      do {
        try await cancelWhenGracefulShutdown {
          let results = try await migration.run { database, event in log(event, of: database) }
          for line in results.flatMap({ $0.text.split(separator: "\n") }) { logger.info("\(line)") }
        }
        return true
      } catch  where control.isStopping && !Task.isCancelled {
        if let error = error as? GradusError, error.code == .interruptedDelta {
          // What ran outside a transaction cannot be rolled back, and the next start asks for a decision.
          logger.error("stopped within a delta", metadata: ["error": "\(error)"])
        } else {
          logger.info("stopped; what was under way was rolled back, and the next start goes on from there")
        }
        return false
      }
    }

    private func work() async throws {
      let presences = try await Presences.announce(context, control) { database, event in
        let logger = namedLogger(database)
        switch event {
        case .lost(let reason):
          logger.warning("the announcement of this version is lost", metadata: ["reason": "\(reason)"])
        case .restored: logger.info("this version is announced again")
        case .refused:
          state.enter(.stopping("this version has been shut out"))
          logger.error("this version has been shut out; stopping")
        }
      }
      state.enter(.serving)
      logger.info("serving", metadata: ["version": "\(context.schema.ledger.version)"])
      do {
        try await runUpdates(presences)
      } catch {
        try? await presences.release()
        throw error
      }
      try await presences.release()
    }

    private func runUpdates(_ presences: Presences) async throws {
      let environment = UpdateRunner.Environment(
        control: control, version: context.schema.ledger.version, logger: logger,
        metrics: configuration.metrics)
      let tracker = configuration.tracker
      try await UpdateService(
        databases: context.databases, registry: context.registry, options: context.updates,
        environment: environment, workers: workers,
        reportOfDatabase: { database, event in
          tracker.record(event, database: database)
          presences.note(event)
        }
      ).run()
    }

    /// A log that names the database where there are several.
    private func namedLogger(_ database: PhysicalDatabase) -> Logger {
      var logger = logger
      if let label = context.label(database) { logger[metadataKey: "database"] = "\(label)" }
      return logger
    }

    private func log(_ event: MigrationEvent, of database: PhysicalDatabase) {
      let logger = namedLogger(database)
      switch event {
      case .waiting(let holder):
        logger.info("waiting: another process migrates", metadata: ["holder": "\(holder)"])
      case .versionsRunning(let holders, let compat):
        logger.info(
          "waiting for the end of processes that the new compat version shuts out",
          metadata: ["compat": "\(compat)", "processes": .array(holders.map { "\($0)" })])
      case .writesOpen(let holders, let compat):
        logger.info(
          "waiting for transactions that processes which the compat version shuts out may have left open",
          metadata: ["compat": "\(compat)", "transactions": .array(holders.map { "\($0)" })])
      case .planned(let plan): logger.info("migrating", metadata: ["steps": "\(plan.steps.count)"])
      case .stepStarted(let step, let number, let count):
        state.enter(.starting("the start-up migration has not finished: step \(number) of \(count)"))
        logger.info("step \(number) of \(count): \(step)")
      case .stepRetried(_, let error, let delay):
        logger.warning("the step is tried again", metadata: ["error": "\(error)", "after": "\(delay)"])
      case .stepFinished(_, let duration):
        logger.info("step done", metadata: ["duration_ms": "\(duration.milliseconds)"])
      case .update(let progress):
        logger.debug(
          "an update comes on", metadata: ["update": "\(progress.name)", "scanned": "\(progress.scanned)"])
      case .disconnected(let error):
        logger.warning("the database cannot be reached; trying again", metadata: ["error": "\(error)"])
      case .reconnected: logger.info("the database is connected to again")
      }
    }
  }
#endif
