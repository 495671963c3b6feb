import GradusJSON

/// The form of JSON that signatures are made of, by the Matrix specification's appendix: UTF-8, keys sorted by code
/// point, no spaces, only what must be is escaped. Numbers may have any size and fractions, as in old room versions.
enum CanonicalJSON {
  /// What has no such form.
  enum Refusal: Error, Hashable {
    /// UTF-8 cannot hold it.
    case loneSurrogate
    /// JSON cannot write it.
    case infiniteNumber
  }

  static func encode(_ object: JSONObject) throws(Refusal) -> [UInt8] {
    var writer = JSONWriter(style: .canonical, capacity: 1024)
    writer.write(object)
    if let refusal = writer.refusal { throw refusal }
    return writer.bytes
  }
}
