import ArgumentParser
import HomeserverSchema

/// How large the sample is.
struct SampleOptions: ParsableArguments {
  @Option(help: "How many rooms the sample has.") var rooms = 2_000
  @Option(help: "How many memberships of local users the sample has.") var memberships = 40_000
  @Option(help: "How many local users the sample has.") var users = 2_000
  @Option(help: "Equal seeds give equal data.") var seed: UInt64 = 1

  func validate() throws {
    guard rooms > 0, memberships >= rooms else {
      throw ValidationError("--rooms must be above 0, and --memberships at least as many: every room has one")
    }
    guard users >= 4, memberships <= rooms * (users / 2) else {
      throw ValidationError(
        "no room has more than half of the users: give more --users, or fewer --memberships")
    }
  }

  var database: SampleDatabase {
    SampleDatabase(seed: seed, rooms: rooms, memberships: memberships, users: users)
  }
}
