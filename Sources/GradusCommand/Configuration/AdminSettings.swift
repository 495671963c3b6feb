#if AdminAPI
  import Gradus
  import GradusAdmin

  /// The section `admin` of `gradus.yaml`.
  struct AdminSettings: Sendable {
    var listen: ListenAddress?
    var tokenFile: String?
    var paths = AdminPaths.standard
    var socketMode: UInt16?

    init() {}

    /// - Parameter resolved: gives the path of a file that the configuration names.
    /// - Throws: `GradusError` that names file and line.
    init(_ map: YAMLMapping, resolved: (String) -> String) throws {
      try map.allowOnly(["listen", "token_file", "prefix", "native_prefix", "socket_mode"])
      tokenFile = try map.textIfPresent("token_file").map(resolved)
      listen = try map.find("listen").map { node in
        let text = try map.reader.text(node)
        return try Self.placed(map, "listen") { () throws -> ListenAddress in
          let address = try ListenAddress(parsing: text)
          guard case .unix(let path) = address else { return address }
          return try ListenAddress(parsing: "unix:\(resolved(path))")
        }
      }
      let (compat, native) = (try map.textIfPresent("prefix"), try map.textIfPresent("native_prefix"))
      paths = try Self.placed(map, compat == nil ? "native_prefix" : "prefix") {
        try AdminPaths(compat: compat, native: native)
      }
      socketMode = try map.find("socket_mode").map { node in
        let text = try map.reader.text(node)
        return try Self.placed(map, "socket_mode") { try Self.mode(text) }
      }
    }

    /// The rights of a file, as `chmod` takes them.
    ///
    /// - Throws: `GradusError`.
    static func mode(_ text: String) throws -> UInt16 {
      // A sign would be read, too.
      guard (3...4).contains(text.count), text.allSatisfy(\.isHexDigit), let mode = UInt16(text, radix: 8),
        mode <= 0o777
      else {
        throw GradusError(.invalidFile, "'\(text)' are no rights of a socket", hint: "such as 600 or 660")
      }
      return mode
    }

    private static func placed<R>(_ map: YAMLMapping, _ key: String, _ body: () throws -> R) throws -> R {
      do {
        return try body()
      } catch let error as GradusError where error.file == nil {
        throw map.reader.error(map.find(key) ?? map.node, error.message, hint: error.hint)
      }
    }
  }
#else
  import Gradus

  /// The section `admin` of `gradus.yaml`, which this build does not read: other programs may share the file.
  struct AdminSettings: Sendable {
    init() {}
    init(_ map: YAMLMapping, resolved: (String) -> String) throws {}
  }
#endif
