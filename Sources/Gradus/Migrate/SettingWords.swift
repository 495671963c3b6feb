/// Finds in a script's words whether it may change settings of the session.
package enum SettingWords {
  /// Whether a script may change a setting, until its transaction ends or for the rest of the session.
  ///
  /// By words anywhere in the text, in comments and bodies of functions too, and by what its statements start with:
  /// rather too often than not at all.
  package static func mayChangeSettings(_ script: String) -> Bool {
    var script = script
    let found = script.withUTF8(words)
    if found.contains(.setConfig) || found.contains(.pragma) { return true }
    if found.contains(.set), !found.isDisjoint(with: [.local, .constraints, .transaction]) { return true }
    // UPDATE and ALTER TABLE have a SET too, and ON CONFLICT a DO.
    return !found.isDisjoint(with: commands) && statementsStart(script, with: commands)
  }

  /// What changes settings, or runs what may.
  private static let commands: Set<Word> = [.set, .reset, .do, .call]

  private static func words(_ bytes: UnsafeBufferPointer<UInt8>) -> Set<Word> {
    var found: Set<Word> = []
    var start = 0
    for index in 0...bytes.count where index == bytes.count || !Checksum.isWordByte(bytes[index]) {
      if let word = Word(bytes[start..<index]) { found.insert(word) }
      start = index + 1
    }
    return found
  }

  /// Whether one of these words comes first in the script, or after a semicolon, be it one of a text.
  private static func statementsStart(_ script: String, with words: Set<Word>) -> Bool {
    Checksum.normalized(script).split(separator: UInt8(ascii: ";")).contains { statement in
      let first = statement.drop { $0 == UInt8(ascii: " ") }.prefix(while: Checksum.isWordByte)
      return Word(first).map(words.contains) ?? false
    }
  }
}

private enum Word: String {
  case `do`, set, call, local, reset, constraints, transaction, pragma
  case setConfig = "set_config"

  /// - Parameter bytes: a word, in letters of either case.
  init?(_ bytes: some Collection<UInt8>) {
    // By the length, which tells most words from all of these.
    let word: Word
    switch bytes.count {
    case 2: word = .do
    case 3: word = .set
    case 4: word = .call
    case 5: word = bytes.first! | 0x20 == UInt8(ascii: "l") ? .local : .reset
    case 6: word = .pragma
    case 10: word = .setConfig
    case 11: word = bytes.first! | 0x20 == UInt8(ascii: "c") ? .constraints : .transaction
    default: return nil
    }
    guard zip(word.rawValue.utf8, bytes).allSatisfy({ $0 == $1 || $0 == $1 | 0x20 }) else { return nil }
    self = word
  }
}
