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
  private let socket: UnixSocket?
  private let logger: Logger
  private let onListening: @Sendable (ListenAddress) -> Void

  /// A client that sends and reads nothing for so long has gone.
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
    if case .unix(let path) = address {
      socket = UnixSocket(path: path, mode: socketMode)
    } else {
      socket = nil
    }
    logger = configuration.logger
    self.onListening = onListening
  }

  /// - Throws: `GradusError` where it cannot listen.
  package func run() async throws {
    try socket?.makeRoom()
    // The mask is the whole process's; whoever runs a server on a socket makes no files until it listens.
    let mask = socket?.restrictingNewFiles()
    let isListening = Atomic(false)
    let inode = Mutex<UInt64?>(nil)
    defer {
      if let mask, !isListening.load(ordering: .relaxed) { _ = umask(mask) }
      socket?.remove(ifNumber: inode.withLock { $0 })
    }
    let application = Application(
      responder: AdminResponder(api: api, isSocket: socket != nil),
      server: .http1(
        configuration: .init(
          idleTimeout: Self.idleTimeout,
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 16_384, maxHeaderListSize: 32_768, maxHeaderFieldCount: 100))),
      configuration: ApplicationConfiguration(
        address: bindAddress, availableConnectionsDelegate: MaximumAvailableConnections(256, logger: quiet)),
      onServerRunning: { channel in
        if let mask { _ = umask(mask) }
        inode.withLock { $0 = socket?.setMode() }
        isListening.store(true, ordering: .relaxed)
        let actual = actualAddress(channel)
        logger.info("the admin API listens", metadata: ["address": "\(actual)"])
        onListening(actual)
      }, logger: quiet)
    do {
      try await run(application)
    } catch  where !isListening.load(ordering: .relaxed) && !(error is CancellationError) {
      throw GradusError(
        .invalidFile, "cannot listen on '\(address)': \(error)", hint: "choose another address with --listen")
    }
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

  /// What the library says about itself is of no use to operators.
  private var quiet: Logger {
    var logger = logger
    logger.logLevel = max(logger.logLevel, .warning)
    return logger
  }

  private var bindAddress: BindAddress {
    switch address {
    case .tcp(let host, let port): .hostname(host, port: port)
    case .unix(let path): .unixDomainSocket(path: path)
    }
  }

  private func actualAddress(_ channel: any Channel) -> ListenAddress {
    guard case .tcp(let host, let port) = address else { return address }
    return .tcp(host: host, port: channel.localAddress?.port ?? port)
  }
}
