import ServiceLifecycle

/// Services that end side by side: a shutdown reaches all of them at once, where a service group asks one after the
/// other. An error of one cancels the others.
struct SideBySide: Service {
  let services: [any Service]

  func run() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for service in services { group.addTask { try await service.run() } }
      // Not `waitForAll`, which waits for the others before it tells the error.
      while try await group.next() != nil {}
    }
  }
}
