/// A string of JSON as a sequence of code points.
///
/// Unlike a Swift string it may hold lone surrogates, which JSON can escape, and two strings are equal only if all their
/// code points are: composed and decomposed letters are different keys.
package struct JSONText: Hashable, Sendable {
  /// UTF-8, with lone surrogates encoded as if they were characters.
  package let bytes: [UInt8]

  /// - Parameter bytes: UTF-8, with lone surrogates encoded as if they were characters.
  package init(bytes: [UInt8]) { self.bytes = bytes }

  package init(_ string: String) { bytes = Array(string.utf8) }

  /// The Swift string; nil where there are lone surrogates.
  package var string: String? { String(validating: bytes, as: UTF8.self) }
}

extension JSONText: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
}

extension JSONText: Comparable {
  /// By code points, which is the order of the bytes.
  package static func < (left: JSONText, right: JSONText) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}
