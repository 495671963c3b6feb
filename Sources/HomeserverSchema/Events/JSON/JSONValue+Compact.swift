import GradusJSON

extension JSONValue {
  /// The text as the homeserver stores it: no spaces, everything beyond ASCII escaped, numbers as they were spelt.
  var compact: [UInt8] {
    var writer = JSONWriter(style: .compact)
    writer.write(self)
    return writer.bytes
  }
}
