import Foundation
import Gradus
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// The admin API as a service: listens until a graceful shutdown, and then answers what has been asked.
package struct AdminServer: Service {
  private let api: AdminAPI
  private let address: ListenAddress
  private let socketMode: UInt16
  private let requestTimeout: TimeAmount
  private let logger: Logger
  private let onListening: @Sendable (ListenAddress) -> Void

  /// A client that asks nothing for so long has gone.
  private static let idleTimeout = TimeAmount.seconds(60)
  /// No client holds the end up for longer.
  private static let longestEnd = Duration.seconds(10)

  /// - Parameters:
  ///   - configuration: what it is about.
  ///   - address: where it listens; port 0 is one that is free.
  ///   - socketMode: who may connect to a Unix socket, as the rights of a file.
  ///   - onListening: told where it listens once it does.
  /// - Throws: `GradusError` where it may not listen there without tokens.
  package init(
    _ configuration: AdminConfiguration, address: ListenAddress, socketMode: UInt16 = 0o600,
    onListening: @escaping @Sendable (ListenAddress) -> Void = { _ in }
  ) throws {
    try address.check(configuration.tokens)
    api = AdminAPI(configuration)
    self.address = address
    self.socketMode = socketMode
    requestTimeout = TimeAmount(configuration.requestTimeout)
    logger = configuration.logger
    self.onListening = onListening
  }

  /// - Throws: `GradusError` where it cannot listen.
  package func run() async throws {
    switch address {
    case .tcp(let host, let port): try await run(at: .hostname(host, port: port)) {}
    case .unix(let path): try await run(on: UnixSocket(path: path, mode: socketMode))
    }
  }

  private func run(on socket: UnixSocket) async throws {
    try socket.makeRoom()
    let workplace = try socket.makeWorkplace()
    let inode = Mutex<UInt64?>(nil)
    defer {
      workplace.remove()
      socket.remove(ifNumber: inode.withLock { $0 })
    }
    try await run(at: .unixDomainSocket(path: workplace.path)) {
      let number = try socket.put(workplace)
      inode.withLock { $0 = number }
      workplace.remove()
    }
  }

  /// - Parameters:
  ///   - address: what is bound to.
  ///   - begin: called when it is; where it throws, the server ends.
  private func run(at address: BindAddress, begin: @escaping @Sendable () throws -> Void) async throws {
    let isListening = Atomic(false)
    let isEnding = Atomic(false)
    let failure = Mutex<(any Error)?>(nil)
    let quiet = quietLogger { isListening.load(ordering: .relaxed) && !isEnding.load(ordering: .relaxed) }
    let requestTimeout = requestTimeout
    let isSocket = if case .unix = self.address { true } else { false }
    let application = Application(
      responder: AdminResponder(api: api, isSocket: isSocket),
      server: .http1(
        configuration: .init(
          additionalChannelHandlers: [RequestHandlersInstaller(limit: requestTimeout)],
          idleTimeout: Self.idleTimeout,
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 16_384, maxHeaderListSize: 32_768, maxHeaderFieldCount: 100))),
      configuration: ApplicationConfiguration(
        address: address, availableConnectionsDelegate: MaximumAvailableConnections(256, logger: quiet)),
      onServerRunning: { channel in
        do { try begin() } catch {
          failure.withLock { $0 = error }
          try? await channel.close().get()
          return
        }
        isListening.store(true, ordering: .relaxed)
        let actual = actualAddress(channel)
        logger.info("the admin API listens", metadata: ["address": "\(actual)"])
        onListening(actual)
      }, logger: quiet)
    do {
      // The library logs from tasks of its own, which do not know of it.
      try await withGracefulShutdownHandler {
        // A cancellation comes to what is innermost first, and the library would be heard before the mark: so it gets a task
        // that is cancelled after it.
        let work = Task { try await run(application) }
        try await withTaskCancellationHandler {
          try await work.value
        } onCancel: {
          isEnding.store(true, ordering: .relaxed)
          work.cancel()
        }
      } onGracefulShutdown: {
        isEnding.store(true, ordering: .relaxed)
      }
    } catch  where !isListening.load(ordering: .relaxed) && !(error is CancellationError) {
      throw failure.withLock { $0 }
        ?? GradusError(
          .invalidFile, "cannot listen on '\(self.address)': \(Self.reason(error))",
          hint: "choose another address with --listen")
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  /// NIO's own description of an error of the system names the function that met it.
  private static func reason(_ error: any Error) -> String {
    (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
  }

  private func run(_ application: Application<AdminResponder>) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await application.run() }
      group.addTask {
        try await gracefulShutdown()
        try await Task.sleep(for: Self.longestEnd)
        logger.warning("clients that are still connected are cut off")
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// What the library says about itself is of no use to operators, but for what goes wrong while it serves.
  private func quietLogger(isServing: @escaping @Sendable () -> Bool) -> Logger {
    var quiet = logger
    quiet.handler = ServingLogHandler(logger.handler, isServing: isServing)
    quiet.logLevel = max(logger.logLevel, .warning)
    return quiet
  }

  private func actualAddress(_ channel: any Channel) -> ListenAddress {
    guard case .tcp(let host, let port) = address else { return address }
    return .tcp(host: host, port: channel.localAddress?.port ?? port)
  }
}
