extension SchemaApplication {
  /// What `--help` says below a command's usage: in one form for all commands.
  ///
  /// - Parameters:
  ///   - text: what the command does, and what its exit code says where that is more than done or failed.
  ///   - examples: command lines without the program's name.
  package static func help(_ text: String, examples: String...) -> String {
    ([text, ""] + ["Examples:"] + examples.map { "  \(name) \($0)" }).joined(separator: "\n")
  }
}
