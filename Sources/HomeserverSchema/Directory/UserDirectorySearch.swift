public import GradusSQL

/// Finds users by the words of their ids and names.
public struct UserDirectorySearch: Sendable {
  /// Whom a search may find.
  public enum Scope: Sendable, Hashable {
    /// Those in public rooms, and those who share a private room with the user who searches.
    case visible(to: String)
    /// Everybody in the directory.
    case everybody
  }

  /// A user that was found.
  public struct Match: Sendable, Hashable {
    /// The user's id.
    public let userID: String
    /// The user's name.
    public let displayName: String?
    /// Where the user's picture is.
    public let avatarURL: String?

    init(userID: String, displayName: String?, avatarURL: String?) {
      self.userID = userID
      self.displayName = displayName
      self.avatarURL = avatarURL
    }
  }

  /// Whom it may find.
  public let scope: Scope
  /// How many matches it returns at most.
  public let limit: Int

  /// How many Unicode scalars a term has at most, in the form in which names are searched. No name that somebody has chosen
  /// is as long, and neither engine takes a query of any number of words.
  public static let longestTerm = 4_000

  /// - Parameters:
  ///   - scope: whom it may find; who searches never finds himself.
  ///   - limit: how many matches it returns at most; 1 to 100, what is beyond is taken for the nearest of them.
  public init(_ scope: Scope, limit: Int = 10) {
    self.scope = scope
    self.limit = min(max(limit, 1), 100)
  }

  /// The users with a word for each word of a term that begins with it: the best matches first on PostgreSQL, on SQLite,
  /// whose index knows no rank, in the order of their ids.
  ///
  /// - Parameters:
  ///   - term: what somebody typed; no character in it means anything but itself.
  ///   - connection: a connection to the database.
  /// - Returns: nobody where the term has no word, or is longer than `longestTerm`.
  /// - Throws: `SQLError`.
  public func find(_ term: String, on connection: Connection) throws -> [Match] {
    let words = Self.words(of: term, on: connection.engine)
    guard !words.isEmpty else { return [] }
    let rows = try connection.query(
      sql(connection.engine), [.text(words), .integer(Int64(limit))] + searcher)
    return try rows.map { row in
      Match(userID: try row.text(0), displayName: row[1].text, avatarURL: row[2].text)
    }
  }

  private var searcher: [SQLValue] {
    switch scope {
    case .visible(let user): [.text(user)]
    case .everybody: []
    }
  }

  private func sql(_ engine: Engine) -> String {
    let (match, order) =
      switch engine {
      case .postgres:
        (
          "s.vector @@ to_tsquery('simple', $1)",
          "ts_rank(s.vector, to_tsquery('simple', $1)) DESC, d.user_id"
        )
      // What an id begins with and what a name begins with is in one text.
      case .sqlite: ("s.value MATCH $1", "d.user_id")
      }
    let visible =
      switch scope {
      case .everybody: ""
      case .visible:
        """
        AND d.user_id <> $3 AND (
          EXISTS (SELECT 1 FROM users_in_public_rooms p WHERE p.user_id = d.user_id)
          OR EXISTS (
            SELECT 1 FROM users_who_share_private_rooms r WHERE r.user_id = $3 AND r.other_user_id = d.user_id
          )
        )
        """
      }
    return """
      SELECT d.user_id, d.display_name, d.avatar_url
      FROM user_directory_search s
      JOIN user_directory d ON d.user_id = s.user_id
      WHERE \(match) \(visible)
      ORDER BY \(order) LIMIT $2
      """
  }

  /// The engine's query for words that begin with those of a term; empty where nothing is to be found.
  static func words(of term: String, on engine: Engine) -> String {
    let text = SearchText.normalized(String(term.unicodeScalars.filter { $0 != "\0" }))
    guard text.unicodeScalars.count <= longestTerm else { return "" }
    switch engine {
    case .postgres:
      // The server takes the words apart as it did when it stored them.
      return text.unicodeScalars.split(whereSeparator: \.properties.isWhitespace).map { "\(quoted($0)):*" }
        .joined(separator: " & ")
    case .sqlite:
      // The tokenizer knows ASCII only: letters and digits are in words, as is all beyond. In lower case no word is an
      // operator.
      return text.unicodeScalars.split { scalar in
        scalar.isASCII && !("a"..."z" ~= scalar || "0"..."9" ~= scalar)
      }.map { "\(String($0))*" }.joined(separator: " ")
    }
  }

  /// A word as PostgreSQL's queries quote it. By scalars: a quote and an accent behind it are one `Character`, which is not
  /// equal to the quote.
  private static func quoted(_ word: some Sequence<Unicode.Scalar>) -> String {
    var result = "'".unicodeScalars
    for scalar in word {
      if scalar == "'" || scalar == "\\" { result.append(scalar) }
      result.append(scalar)
    }
    result.append("'")
    return String(result)
  }
}
