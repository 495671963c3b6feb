@testable import HomeserverSchema

/// The keys of the tests: an old one, which is that of the Matrix specification's appendix, and a new one.
enum Keys {
  static let seed = "YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1"
  static let firstLine = "ed25519 1 \(seed)"
  static let secondLine = "ed25519 a_new AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
  static let firstPublicText = "ed25519:1 XGX0JRS2Af3be3knz2fBiRbApjm2Dh61gXDJA8kcJNI"
  static let secondPublicText = "ed25519:a_new A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"

  static var first: SigningKey { get throws { try SigningKey(file: firstLine) } }
  static var second: SigningKey { get throws { try SigningKey(file: secondLine) } }
  static var firstPublic: VerifyKey { get throws { try VerifyKey(parsing: firstPublicText) } }
  static var secondPublic: VerifyKey { get throws { try VerifyKey(parsing: secondPublicText) } }
}

/// Events with all that JSON allows.
enum NastyEvent {
  static let powerLevels =
    #"{"type":"m.room.power_levels","sender":"@a:local","room_id":"!r:local","state_key":"","depth":1,"#
    + #""origin_server_ts":123456789012345678901234567890,"prev_events":[],"auth_events":[],"#
    + #""hashes":{"sha256":"x"},"content":{"users":{"@a:local":100,"@a:local":1e3,"@\u00e9\ud83e\udd80:x":-0,"#
    + #""@e\u0301\u0000\u007f\/\"\\\n:x":1.0,"\uffff":1,"\ud83d\ude00":2},"ban":[[[{"b":0.1,"a":1e-7,"c":1e16,"#
    + #""d":123456789.125e10,"e":-0.0,"f":5e-324,"g":0.0001,"h":0.00001,"i":1E+2}]]],"gone":"x"},"#
    + #""unsigned":{"age_ts":1,"x":2},"extra":1}"#

  /// What is signed of it, by another implementation.
  static let powerLevelsSigned =
    #"{"auth_events":[],"content":{"ban":[[[{"a":1e-07,"b":0.1,"c":1e+16,"d":1.23456789125e+18,"e":-0.0,"#
    + #""f":5e-324,"g":0.0001,"h":1e-05,"i":100.0}]]],"users":{"@a:local":1000.0,"#
    + "\"@e\u{301}\\u0000\u{7F}" + #"/\"\\\n:x":1.0,"@é🦀:x":0,"# + "\"\u{FFFF}\":1,"
    + #""😀":2}},"depth":1,"hashes":{"sha256":"x"},"origin_server_ts":123456789012345678901234567890,"#
    + #""prev_events":[],"room_id":"!r:local","sender":"@a:local","state_key":"","type":"m.room.power_levels"}"#
}
