import GradusCommand

/// The generic program: declared updates only; an application with handlers in Swift embeds the commands itself.
struct Generic: SchemaApplication {
  static let name = "gradus"
}

await CommandRunner.main(GradusCommandLine<Generic>.self)
