import ArgumentParser

/// Completes the names of updates in a shell, from the schema and the application; no database is asked.
enum UpdateNames<App: SchemaApplication> {
  static var completion: CompletionKind { .custom { words, _, _ in names(words) } }

  /// - Parameter words: the command line so far.
  /// - Returns: none where there is no schema that can be read: nobody wants an error there.
  static func names(_ words: [String]) -> [String] {
    var place = SchemaPlaceOptions()
    place.schemaRoot = value(of: "--schema-root", words)
    place.config = value(of: "--config", words)
    return (try? CommandContext(App.self, place).registry.names.sorted()) ?? []
  }

  private static func value(of flag: String, _ words: [String]) -> String? {
    if let word = words.first(where: { $0.hasPrefix("\(flag)=") }) {
      return String(word.dropFirst(flag.count + 1))
    }
    // To Bash the sign between the two is a word of its own.
    return words.drop { $0 != flag }.dropFirst().first { $0 != "=" }
  }
}
