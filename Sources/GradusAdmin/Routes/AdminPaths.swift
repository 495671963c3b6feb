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

  /// The parts of Gradus's own API below which names stand: no other route may be there.
  package static let namedParts = ["updates", "jobs"]

  /// - Throws: `GradusError` where one is no path, or both would have the same routes.
  package init(compat: String?, native: String?) throws {
    self.compat = try Self.checked(compat ?? Self.standardCompat)
    self.native = try Self.checked(native ?? Self.standardNative)
    guard self.compat != self.native else {
      throw GradusError(.invalidFile, "the two prefixes of the admin API must differ")
    }
    let own = self.native
    let taken = Self.namedParts.map { "\(own)/\($0)" }
    guard !taken.contains(self.compat) else {
      throw GradusError(
        .invalidFile,
        "'\(self.compat)' is no prefix for the original routes: Gradus's own have names below it",
        hint: "choose another 'prefix' or 'native_prefix'")
    }
  }

  /// The path of a route.
  ///
  /// - Parameter template: the path with the standard prefixes.
  func path(of template: String) -> String {
    for (standard, own) in [(Self.standardCompat, compat), (Self.standardNative, native)]
    where template.hasPrefix(standard + "/") {
      return own + template.dropFirst(standard.count)
    }
    return template
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
