import Foundation
import GradusTestSupport
import Synchronization

/// A way to a server of this machine that breaks where a test wants it to.
///
/// It counts what passes, over all connections. The fault strikes the connection that is at its place; the others, and
/// new ones, are served on.
package final class TCPProxy: Sendable {
  package enum Direction: Sendable, Hashable, CaseIterable { case toServer, toClient }

  /// Where a fault strikes.
  package enum Place: Sendable, Hashable {
    /// After so many bytes.
    case byte(Int, Direction)
    /// Before the text passes for the so-manieth time, counted from 1.
    case text(String, Int, Direction)
  }

  /// What happens there.
  package enum Fault: Sendable, Hashable {
    /// Both ends are told that the connection has ended.
    case cut
    /// Of this connection nothing passes any more, and nobody is told.
    case silence
    /// So of all connections, also of new ones.
    case blackout
  }

  /// What has passed since the last `arm`.
  package struct Traffic: Sendable {
    package var bytes: [Direction: Int] = [.toServer: 0, .toClient: 0]
    /// How often the text that is looked for has passed.
    package var texts = 0
    package var connections = 0
    /// Whether the fault has struck.
    package var hasStruck = false
  }

  private struct State {
    var traffic = Traffic()
    var fault: Fault?
    var place: Place?
    var pairs: [ObjectIdentifier: ProxiedConnection] = [:]
    var isStopped = false
  }

  /// The port to connect to.
  package let port: UInt16
  private let listener: Int32
  private let server: UInt16
  private let state = Mutex(State())

  /// - Parameter server: the loopback port that connections are passed on to.
  /// - Throws: `LoopbackSocket.Failure`.
  package init(to server: UInt16) throws {
    self.server = server
    (listener, port) = try LoopbackSocket.listen()
    let (listener, state) = (listener, Weak(self))
    Thread {
      while let client = LoopbackSocket.accept(listener) {
        guard let proxy = state.value else {
          close(client)
          break
        }
        proxy.serve(client)
      }
      close(listener)
    }.start()
  }

  deinit {
    state.withLock { $0.pairs.values.forEach { $0.end() } }
    // Wakes the thread that listens, which closes it.
    shutdown(listener, Int32(SHUT_RDWR))
  }

  /// Counts anew, and lays a fault.
  ///
  /// - Parameters:
  ///   - fault: what happens; nil for nothing.
  ///   - place: where; a text is counted also where nothing happens.
  package func arm(_ fault: Fault?, at place: Place? = nil) {
    state.withLock { state in
      state.traffic = Traffic()
      (state.fault, state.place) = (fault, place)
    }
  }

  /// What has passed since the last `arm`.
  package var traffic: Traffic { state.withLock { $0.traffic } }

  private func serve(_ client: Int32) {
    guard let upstream = LoopbackSocket.connect(server) else {
      close(client)
      return
    }
    let pair = ProxiedConnection(client: client, server: upstream)
    state.withLock { state in
      state.traffic.connections += 1
      state.pairs[ObjectIdentifier(pair)] = pair
    }
    let proxy = Weak(self)
    for direction in Direction.allCases {
      Thread {
        while let bytes = pair.receive(direction) {
          guard let verdict = proxy.value?.judge(bytes, direction) else { break }
          let isSent = pair.send(bytes.prefix(verdict.passing), direction)
          switch verdict.fault {
          case .silence: pair.fallSilent()
          case .cut: pair.end()
          case .blackout, nil: if !isSent { pair.end() }
          }
        }
        pair.end()
        proxy.value?.forget(pair)
      }.start()
    }
  }

  private func forget(_ pair: ProxiedConnection) {
    state.withLock { $0.pairs[ObjectIdentifier(pair)] = nil }
  }

  /// How many of the bytes pass, and what happens then.
  private func judge(_ bytes: [UInt8], _ direction: Direction) -> (passing: Int, fault: Fault?) {
    state.withLock { state in
      if state.traffic.hasStruck, state.fault == .blackout { return (0, nil) }
      var strikes: Int?
      switch state.place {
      case .byte(let limit, direction):
        let room = limit - state.traffic.bytes[direction]!
        if room <= bytes.count { strikes = max(0, room) }
      case .text(let text, let number, direction):
        for place in bytes.places(of: Array(text.utf8)) {
          state.traffic.texts += 1
          if state.traffic.texts == number { strikes = place }
        }
      default: break
      }
      guard let fault = state.fault, let strikes, !state.traffic.hasStruck else {
        state.traffic.bytes[direction]! += bytes.count
        return (bytes.count, nil)
      }
      state.traffic.bytes[direction]! += strikes
      state.traffic.hasStruck = true
      return (strikes, fault)
    }
  }
}

/// The two ends of a connection that is passed on. They are closed with this object, which each thread holds.
private final class ProxiedConnection: Sendable {
  private let ends: [TCPProxy.Direction: (from: Int32, to: Int32)]
  private let isSilent = Atomic(false)

  init(client: Int32, server: Int32) {
    ends = [.toServer: (client, server), .toClient: (server, client)]
  }

  deinit { for end in ends.values { close(end.from) } }

  /// Nil at the end.
  func receive(_ direction: TCPProxy.Direction) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = recv(ends[direction]!.from, &buffer, buffer.count, 0)
    guard count > 0 else { return nil }
    return Array(buffer[..<count])
  }

  func send(_ bytes: ArraySlice<UInt8>, _ direction: TCPProxy.Direction) -> Bool {
    guard !isSilent.load(ordering: .acquiring) else { return true }
    return LoopbackSocket.send(bytes, to: ends[direction]!.to)
  }

  /// From here on what comes is swallowed.
  func fallSilent() { isSilent.store(true, ordering: .releasing) }

  func end() {
    for end in ends.values { shutdown(end.from, Int32(SHUT_RDWR)) }
  }
}

/// For threads, which must not keep what they serve.
private final class Weak<Object: AnyObject & Sendable>: @unchecked Sendable {
  private(set) weak var value: Object?
  init(_ value: Object) { self.value = value }
}

extension [UInt8] {
  /// Where another sequence begins in this one.
  fileprivate func places(of other: [UInt8]) -> [Int] {
    guard !other.isEmpty, count >= other.count else { return [] }
    return (0...(count - other.count)).filter {
      self[$0] == other[0] && self[$0..<($0 + other.count)] == other[...]
    }
  }
}
