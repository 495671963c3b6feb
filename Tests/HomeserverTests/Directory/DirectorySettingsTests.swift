import Foundation
import Gradus
import Testing

@testable import HomeserverSchema

/// What the environment and registration files say.
@Suite struct DirectorySettingsTests {
  private func with(_ files: [String], _ body: ([String]) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let paths = try files.enumerated().map { number, text in
      let file = folder.appending(path: "\(number).yaml")
      try text.write(to: file, atomically: true, encoding: .utf8)
      return file.path
    }
    try body(paths)
  }

  @Test func registrations() throws {
    let bridge = """
      id: irc
      url: "http://localhost:9000"
      as_token: secret
      hs_token: secret
      sender_localpart: ircbot
      rate_limited: false
      namespaces:
        users:
          - {exclusive: true, regex: '@irc_.*'}
          - exclusive: false
            regex: "@mirror_.*"
        rooms: []
        aliases: [{exclusive: true, regex: '#irc_.*'}]
      """
    try with([bridge, "sender_localpart: other\nnamespaces: {}"]) { paths in
      let settings = try DirectorySettings(environment: [
        "HOMESERVER_SERVER_NAME": "hs.test", "HOMESERVER_APPSERVICES": paths.joined(separator: ":"),
      ])
      #expect(settings.serverName == "hs.test")
      let users = [
        "@ircbot:hs.test", "@irc_x:hs.test", "@mirror_x:hs.test", "@bob:hs.test", "@other:hs.test",
      ]
      #expect(users.map(settings.exclusions.contains) == [true, true, false, false, true])
    }
  }

  @Test(arguments: [
    "", "sender_localpart: [a]", "sender_localpart: a\nnamespaces: {users: [{exclusive: true}]}",
    "sender_localpart: a\nnamespaces: {users: [{exclusive: true, regex: '('}]}",
    "sender_localpart: a\nnamespaces: {users: [{exclusive: perhaps, regex: 'a'}]}", "id: x",
  ])
  func unusableRegistrations(_ text: String) throws {
    try with([text]) { paths in
      #expect { try DirectoryExclusions(registrations: paths, serverName: "x") } throws: { error in
        error is GradusError || error is HomeserverError
      }
    }
  }

  @Test func aMissingFileIsNamed() {
    #expect { try DirectoryExclusions(registrations: ["/nowhere.yaml"], serverName: "x") } throws: { error in
      "\(error)".contains("/nowhere.yaml")
    }
  }
}
