/// A topic's plain text, of all the forms that its event may give it in.
enum PlainTextTopic {
  /// - Parameter content: that of the `m.room.topic` event.
  /// - Returns: the first plain text of `m.topic`, else `topic`; nil where `topic` is not a string, whatever `m.topic`
  ///   says.
  static func text(of content: [String: Any]) -> String? {
    guard let topic = content["topic"] as? String else { return nil }
    let forms = (content["m.topic"] as? [String: Any])?["m.text"] as? [Any] ?? []
    return forms.lazy.compactMap(plainText).first ?? topic
  }

  /// The text of one form; nil where the form is malformed, or of another kind than plain text.
  private static func plainText(_ form: Any) -> String? {
    guard let form = form as? [String: Any], let body = form["body"] as? String else { return nil }
    guard let kind = form["mimetype"] else { return body }
    return ["", "text/plain"].contains(kind as? String) ? body : nil
  }
}
