import Foundation
import Gradus
import Testing

@testable import GradusAdmin

/// How a socket comes to its place.
@Suite struct UnixSocketTests {
  private func rights(_ path: String) throws -> UInt16? {
    try (FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?.uint16Value
  }

  /// Nobody else may reach it before it has its rights, and who comes second does not take the place of the first.
  @Test func isMadeApartAndPutInItsPlaceOnce() throws {
    let folder = "/tmp/gradus-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let socket = UnixSocket(path: folder + "/s", mode: 0o640)
    let places = try [socket.makeWorkplace(), socket.makeWorkplace()]
    let descriptors = try places.map { place in
      #expect(try rights(URL(filePath: place.path).deletingLastPathComponent().path) == 0o700)
      return try BoundSocket.make(at: place.path)
    }
    defer { for descriptor in descriptors { close(descriptor) } }
    #expect(try socket.put(places[0]) > 0)
    #expect(try rights(socket.path) == 0o640)
    let error = #expect(throws: GradusError.self) { try socket.put(places[1]) }
    #expect(error?.message.contains("another process has just made it") == true)
    for place in places { place.remove() }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["s"])
  }
}
