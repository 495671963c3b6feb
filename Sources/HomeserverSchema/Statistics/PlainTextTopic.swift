import GradusJSON

/// A topic's plain text, of all the forms that its event may give it in.
enum PlainTextTopic {
  /// - Parameter content: that of the `m.room.topic` event.
  /// - Returns: the first plain text of `m.topic`, else `topic`; nil where `topic` is not a string, whatever `m.topic`
  ///   says.
  static func text(of content: JSONObject) -> JSONText? {
    guard let topic = content[.topic]?.string else { return nil }
    guard case .array(let forms) = content["m.topic"]?.object?["m.text"] else { return topic }
    return forms.lazy.compactMap(plainText).first ?? topic
  }

  /// The text of one form; nil where the form is malformed, or of another kind than plain text.
  private static func plainText(_ form: JSONValue) -> JSONText? {
    guard let form = form.object, let body = form["body"]?.string else { return nil }
    guard let kind = form["mimetype"] else { return body }
    return kind.string == "" || kind.string == "text/plain" ? body : nil
  }
}
