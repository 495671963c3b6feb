import Foundation
import GradusJSON
import Testing

@testable import HomeserverSchema

/// Keys and signatures. The signatures with the seed of the specification are from its appendix, the others were made by
/// another implementation.
@Suite struct SigningTests {
  @Test(arguments: [
    ("{}", "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ"),
    (
      #"{"two":"Two","one":1}"#,
      "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw"
    ),
  ])
  func specification(_ json: String, _ signature: String) throws {
    let bytes = try CanonicalJSON.encode(try #require(try JSONScanner.value(json).object))
    #expect(try Keys.first.sign(bytes) == signature)
    #expect(try Keys.firstPublic.verifies(signature, of: bytes))
    #expect(try !Keys.firstPublic.verifies(signature, of: bytes + [0x20]))
    #expect(try !Keys.secondPublic.verifies(signature, of: bytes))
    #expect(try !Keys.firstPublic.verifies("", of: bytes))
    #expect(try !Keys.firstPublic.verifies("?", of: bytes))
  }

  @Test func event() throws {
    let document = try #require(EventDocument(NastyEvent.powerLevels))
    let bytes = try document.signedBytes(try #require(RedactionRules(roomVersion: "1")))
    #expect(Array(bytes) == Array(NastyEvent.powerLevelsSigned.utf8))
    #expect(
      try Keys.second.sign(bytes)
        == "N2ObOp8zkQJ6ALxX+gy8sYndsl0nMwr6kyUGScEpUAM3juOobRSJt1fGMPQU15FC4dBgLw2VOXeleIQm7p81DQ")
    #expect(
      try Keys.first.sign(bytes)
        == "So1KOczJF5CeDvJLVmQz7LFHtW6BJR/7wKwooBLESZ2AXgnDFtoYOwhTV4pXZdfJ3gqomC+VNudDv+TxXxPgAg")
  }

  @Test func theFirstKeyOfAFileIsTheCurrentOne() throws {
    let file = "\n\(Keys.firstLine)\r\n\n  \(Keys.secondLine)  \n"
    #expect(try SigningKey(file: file).id == "ed25519:1")
    #expect(try SigningKey(file: Keys.secondLine).id == "ed25519:a_new")
  }

  @Test(arguments: [
    "", "\n", "ed25519 1", "ed25519 1 AAAA", "ed25519 1 \(Keys.seed) more", "curve25519 1 \(Keys.seed)",
    "\(Keys.firstLine)\ned25519 2 ?", "ed25519:1 \(Keys.seed)", Keys.seed,
  ])
  func badFilesAreNotQuoted(_ file: String) throws {
    let error = try #require(throws: HomeserverError.self) { () throws in _ = try SigningKey(file: file) }
    #expect(error.code == .unusableKey)
    #expect(!"\(error)".contains(Keys.seed))
  }

  @Test func noDescriptionShowsTheKey() throws {
    let identity = ServerIdentity(serverName: "local", signingKey: try Keys.first)
    let update = EventResignUpdate(identity: identity)
    var dumped = ""
    dump(update, to: &dumped)
    let key = try #require(UnpaddedBase64.decode(Keys.seed))
    for text in [
      "\(identity)", String(reflecting: identity), "\(update)", String(reflecting: update), dumped,
    ] {
      #expect(text.contains("ed25519:1"))
      #expect(!text.contains(Keys.seed))
      #expect(!text.contains("\(key[0]), \(key[1])"))
      #expect(!text.contains("SecureBytes"))
    }
  }

  @Test func verifyKeys() throws {
    #expect(try VerifyKey(parsing: Keys.firstPublicText).id == "ed25519:1")
    #expect(try VerifyKey(parsing: Keys.firstPublicText + "=").id == "ed25519:1")
    let bytes = "XGX0JRS2Af3be3knz2fBiRbApjm2Dh61gXDJA8kcJNI"
    for text in [
      "", "ed25519:1", bytes, "ed25519:1" + bytes, "ed25519:1  " + bytes, "ed25519:1 \(bytes) x",
      "ed25519:1 AAAA",
      "rsa:1 " + bytes, "ed25519:1 ?" + bytes, " ed25519:1 " + bytes,
    ] {
      let error = try #require(throws: HomeserverError.self) { () throws in _ = try VerifyKey(parsing: text) }
      #expect(error.code == .unusableKey)
      #expect(!"\(error)".contains(bytes))
    }
  }

  @Test func identityComesFromTheEnvironment() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    try Keys.firstLine.write(to: file, atomically: true, encoding: .utf8)
    let name = "HOMESERVER_SERVER_NAME"
    let path = "HOMESERVER_SIGNING_KEY_FILE"
    let identity = try ServerIdentity(environment: [name: "local", path: file.path])
    #expect(identity.serverName == "local")
    #expect(identity.signingKey.id == "ed25519:1")
    func expect(_ word: String, missingIn environment: [String: String]) throws {
      let error = try #require(throws: HomeserverError.self) { () throws in
        _ = try ServerIdentity(environment: environment)
      }
      #expect(error.code == .notConfigured)
      #expect("\(error)".contains(word))
    }
    try expect(name, missingIn: [:])
    try expect(name, missingIn: [name: "", path: file.path])
    try expect(path, missingIn: [name: "local"])
    try expect("/none/such", missingIn: [name: "local", path: "/none/such"])
  }
}
