import Gradus

/// Below which paths the API's routes are.
package struct AdminPaths: Sendable, Hashable {
  /// The original API.
  package let compat: String
  /// Gradus's own.
  package let native: String

  package static let standard = AdminPaths()

  package static let standardCompat = "/_synapse/admin/v1/background_updates"
  package static let standardNative = "/gradus/v1"

  private init() {
    compat = Self.standardCompat
    native = Self.standardNative
  }

  /// - Throws: `GradusError` where one is no path, or both are the same.
  package init(compat: String?, native: String?) throws {
    self.compat = try Self.checked(compat ?? Self.standardCompat)
    self.native = try Self.checked(native ?? Self.standardNative)
    guard self.compat != self.native else {
      throw GradusError(.invalidFile, "the two prefixes of the admin API must differ")
    }
  }

  private static func checked(_ prefix: String) throws -> String {
    let segments = prefix.split(separator: "/", omittingEmptySubsequences: false)
    let isPath =
      segments.count > 1 && segments[0].isEmpty
      && segments.dropFirst().allSatisfy { segment in
        !segment.isEmpty && segment != "." && segment != ".."
          && segment.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
              UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
              true
            default: false
            }
          }
      }
    guard isPath else {
      throw GradusError(
        .invalidFile, "'\(prefix)' is no prefix for the admin API",
        hint: "such as \(standardNative): a slash before each part and none at the end")
    }
    return prefix
  }
}
