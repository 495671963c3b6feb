import Gradus
import GradusCommand
import GradusUpdates
import HomeserverSchema

/// The worked example: a homeserver's schema, with its updates in Swift.
struct Homeserver: SchemaApplication {
  static let name = "homeserver"
  static let abstract = "A homeserver's schema, migrated gradually: the worked example of Gradus."
  static let handlers: [any UpdateHandler] = HomeserverUpdates.handlers
  static let declarations = HomeserverUpdates.declarations
}

await CommandRunner.main(GradusCommandLine<Homeserver>.self)
