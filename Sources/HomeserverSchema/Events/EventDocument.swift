import GradusJSON

/// An event's stored JSON: what it says, and its text, in which all but the signatures stays as it is.
struct EventDocument {
  let event: JSONObject
  let type: JSONText
  let sender: JSONText
  /// By server, then by key.
  let signatures: JSONObject
  private let text: [UInt8]
  /// Where in the text the value of `signatures` stands; nil where there is none.
  private let signaturesRange: Range<Int>?

  /// - Returns: nil where it is no event: not JSON, not an object, or parts of it missing or of the wrong type.
  init?(_ json: String) {
    var scanner = JSONScanner(Array(json.utf8))
    guard let event = try? scanner.document().object, let type = event[.type]?.string,
      let sender = event[.sender]?.string, event[.content]?.object != nil,
      let signatures = JSONObject(orEmpty: event[.signatures]),
      signatures.members.allSatisfy({ $0.value.object != nil }), EventBody.unsigned(event[.unsigned]) != nil
    else { return nil }
    self.event = event
    self.type = type
    self.sender = sender
    self.signatures = signatures
    text = scanner.bytes
    // Of equal keys the last counts.
    signaturesRange = scanner.outermost.last { $0.key == .signatures }?.range
  }

  /// What is signed of it: what a redaction leaves, without the signatures and `unsigned`.
  ///
  /// - Throws: where it holds what has no canonical form.
  func signedBytes(_ rules: RedactionRules) throws(CanonicalJSON.Refusal) -> [UInt8] {
    var redacted = rules.redact(event)
    redacted[.signatures] = nil
    redacted[.unsigned] = nil
    return try CanonicalJSON.encode(redacted)
  }

  /// The text with other signatures.
  func text(signatures: JSONObject) -> String {
    let value = JSONValue.object(signatures).compact
    var result: [UInt8] = []
    result.reserveCapacity(text.count + value.count)
    if let signaturesRange {
      result += text[..<signaturesRange.lowerBound]
      result += value
      result += text[signaturesRange.upperBound...]
    } else {
      // An event has members, so that a comma follows.
      let start = (text.firstIndex(of: UInt8(ascii: "{")) ?? 0) + 1
      result += text[..<start]
      result += #""signatures":"#.utf8
      result += value
      result.append(UInt8(ascii: ","))
      result += text[start...]
    }
    return String(decoding: result, as: UTF8.self)
  }
}
