import GradusCommand

struct Shop: SchemaApplication {
  static let name = "shop"
}

await CommandRunner.main(GradusCommandLine<Shop>.self)
