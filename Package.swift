// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "gradus",
  // Where sessions are closed on their own threads.
  platforms: [.macOS("15.4")],
  products: [
    .library(name: "Gradus", targets: ["Gradus", "GradusSQL", "GradusUpdates"]),
    .library(name: "GradusSQLite", targets: ["GradusSQLite"]),
    .library(name: "GradusPostgres", targets: ["GradusPostgres"]),
    .library(name: "GradusService", targets: ["GradusService"]),
    .library(name: "GradusCommand", targets: ["GradusCommand"]),
    .library(name: "GradusSimulation", targets: ["GradusSimulation"]),
    .library(name: "GradusTestSupport", targets: ["GradusTestSupport"]),
    .library(name: "HomeserverSchema", targets: ["HomeserverSchema"]),
    .executable(name: "gradus", targets: ["gradus-cli"]),
    .executable(name: "homeserver", targets: ["homeserver"]),
  ],
  // What an embedder may leave out. A package whose products are all asked for by trait is not fetched without it.
  traits: [
    .trait(
      name: "PostgreSQL",
      description: "PostgreSQL, and the commands 'port', 'queries' and 'squash': needs libpq and libpg_query."
    ),
    .trait(name: "AdminAPI", description: "The commands 'serve' and 'token': needs Hummingbird."),
    .default(enabledTraits: ["PostgreSQL", "AdminAPI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
  ],
  targets: [
    // C libraries of the system. In a program names of targets are unique over all packages, and others have a CSQLite.
    .systemLibrary(
      name: "CGradusSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CGradusLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CGradusPgQuery", providers: [.apt(["libpg-query-dev"])]),

    // JSON without loss.
    .target(name: "GradusJSON", swiftSettings: settings),

    // Engines.
    .target(name: "GradusSQL", swiftSettings: settings),
    .target(name: "GradusSQLite", dependencies: ["GradusSQL", "CGradusSQLite"], swiftSettings: settings),
    .target(
      name: "GradusPostgres", dependencies: ["GradusSQL", "CGradusLibpq"], swiftSettings: settings),
    .target(
      name: "GradusEngines",
      dependencies: [
        "GradusSQL", "GradusSQLite",
        .target(name: "GradusPostgres", condition: .when(traits: ["PostgreSQL"])),
      ],
      swiftSettings: settings),

    // Migration.
    .target(
      name: "Gradus",
      dependencies: [
        "GradusSQL", .product(name: "Yams", package: "Yams"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    .target(name: "GradusCatalog", dependencies: ["Gradus", "GradusSQL"], swiftSettings: settings),
    .target(
      name: "GradusUpdates",
      dependencies: [
        "Gradus", "GradusSQL", .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
      ],
      swiftSettings: settings),
    .target(
      name: "GradusService",
      dependencies: [
        "Gradus", "GradusSQL", "GradusUpdates",
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    .target(
      name: "GradusReports", dependencies: ["Gradus", "GradusSQL", "GradusUpdates", "GradusLint"],
      swiftSettings: settings),
    .target(
      name: "GradusAdmin",
      dependencies: [
        "Gradus", "GradusJSON", "GradusSQL", "GradusUpdates", "GradusReports",
        .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["AdminAPI"])),
        .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["AdminAPI"])),
        .product(name: "HTTPTypes", package: "swift-http-types", condition: .when(traits: ["AdminAPI"])),
        .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["AdminAPI"])),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["AdminAPI"])),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      resources: [.embedInCode("Resources/openapi.json"), .embedInCode("Resources/index.html")],
      swiftSettings: settings),
    .target(
      name: "GradusLint",
      dependencies: [
        "GradusSQL", "GradusSQLite",
        .target(name: "CGradusPgQuery", condition: .when(traits: ["PostgreSQL"])),
      ],
      swiftSettings: settings),

    .target(
      name: "GradusCheck",
      dependencies: [
        "Gradus", "GradusCatalog", "GradusEngines", "GradusLint", "GradusSQL", "GradusSQLite",
        "GradusUpdates",
      ],
      swiftSettings: settings),

    // Moving a database from SQLite to PostgreSQL.
    .target(
      name: "GradusPort", dependencies: ["Gradus", "GradusCatalog", "GradusJSON", "GradusSQL"],
      swiftSettings: settings),

    // Commands.
    .target(
      name: "GradusCommand",
      dependencies: [
        "Gradus", "GradusUpdates", "GradusService", "GradusReports", "GradusCatalog", "GradusCheck",
        "GradusPort", "GradusEngines", "GradusSQL", "GradusSQLite",
        .target(name: "GradusAdmin", condition: .when(traits: ["AdminAPI"])),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"), .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "gradus-cli", dependencies: ["GradusCommand"], swiftSettings: settings),

    // The worked example.
    .target(
      name: "HomeserverSchema",
      dependencies: [
        "Gradus", "GradusJSON", "GradusSQL", "GradusUpdates",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "homeserver",
      dependencies: [
        "GradusCommand", "GradusEngines", "GradusUpdates", "Gradus", "GradusJSON", "GradusSQL",
        "HomeserverSchema",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // What the documentation shows of embedding, word for word.
    .executableTarget(
      name: "example-plain",
      dependencies: [
        "Gradus", "GradusSQL", "GradusSQLite", "GradusPostgres", "GradusUpdates", "GradusService",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "example-hummingbird",
      dependencies: [
        "Gradus", "GradusSQL", "GradusSQLite", "GradusUpdates", "GradusService",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings),

    // Tests.
    .target(
      name: "HomeserverFixtures", dependencies: ["Gradus", "GradusSQL", "GradusTestSupport"],
      swiftSettings: settings),
    .executableTarget(
      name: "compare-fixture",
      dependencies: [
        "HomeserverFixtures", "GradusSQL", "GradusTestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .target(
      name: "GradusTestSupport",
      dependencies: [
        "Gradus", "GradusSQL", "GradusSQLite", "GradusPostgres",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    // The package's programs as processes, for tests of them.
    .target(
      name: "ProgramTestSupport",
      dependencies: ["Gradus", "GradusPostgres", "GradusSQL", "GradusTestSupport"],
      swiftSettings: settings),
    // Histories at random: the library for any application, and the worked example's world.
    .target(
      name: "GradusSimulation",
      dependencies: [
        "Gradus", "GradusSQL", "GradusUpdates", "GradusTestSupport",
      ],
      swiftSettings: settings),
    .target(
      name: "HomeserverSimulation",
      dependencies: [
        "GradusSimulation", "HomeserverSchema", "HomeserverFixtures", "Gradus", "GradusJSON", "GradusSQL",
        "GradusUpdates", "GradusTestSupport",
      ],
      swiftSettings: settings),
    .testTarget(name: "GradusJSONTests", dependencies: ["GradusJSON"], swiftSettings: settings),
    .testTarget(
      name: "GradusSQLTests",
      dependencies: ["GradusSQL", "GradusSQLite", "GradusPostgres", "GradusTestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "GradusTests",
      dependencies: ["Gradus", "GradusSQL", "GradusSQLite", "GradusPostgres", "GradusTestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "GradusUpdatesTests",
      dependencies: [
        "GradusUpdates", "GradusService", "GradusSQLite", "GradusTestSupport",
        .product(name: "MetricsTestKit", package: "swift-metrics"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "GradusCheckTests",
      dependencies: [
        "GradusCheck", "GradusCatalog", "Gradus", "GradusSQL", "GradusUpdates", "GradusTestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "GradusPortTests",
      dependencies: [
        "GradusPort", "Gradus", "GradusCatalog", "GradusSQL", "GradusUpdates", "HomeserverSchema",
        "HomeserverFixtures",
        "GradusPostgres", "GradusSQLite", "GradusTestSupport", "ProgramTestSupport", "gradus-cli",
        "homeserver",
      ],
      swiftSettings: settings),
    .testTarget(name: "GradusLintTests", dependencies: ["GradusLint", "GradusSQL"], swiftSettings: settings),
    .testTarget(
      name: "HomeserverTests",
      dependencies: [
        "HomeserverSchema", "HomeserverFixtures", "Gradus", "GradusCheck", "GradusJSON", "GradusSQL",
        "GradusUpdates", "GradusTestSupport", "GradusSimulation",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "simulate",
      dependencies: [
        "GradusSimulation", "HomeserverSimulation", "GradusSQL", "GradusTestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "SimulationTests",
      dependencies: [
        "GradusSimulation", "HomeserverSimulation", "HomeserverSchema", "Gradus", "GradusSQL",
        "GradusUpdates",
        "GradusTestSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "GradusAdminTests",
      dependencies: [
        "GradusAdmin", "GradusReports", "HomeserverSchema", "Gradus", "GradusJSON", "GradusSQL",
        "GradusUpdates", "GradusTestSupport",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "GradusFaultTests",
      dependencies: [
        "Gradus", "GradusJSON", "GradusUpdates", "GradusPostgres", "GradusSQL", "GradusSQLite",
        "GradusTestSupport", "GradusCommand", "HomeserverSchema", "HomeserverFixtures", "ProgramTestSupport",
        "CGradusSQLite",
        "gradus-cli",
        "homeserver",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "GradusCommandTests",
      dependencies: [
        "GradusCommand", "GradusAdmin", "GradusSQL", "GradusSQLite", "GradusTestSupport",
        "ProgramTestSupport", "gradus-cli", "homeserver",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    // What the documentation shows and says: README.md, docs/ and the catalog.
    .testTarget(
      name: "DocumentationTests",
      dependencies: [
        "GradusCommand", "GradusSQL", "GradusTestSupport", "ProgramTestSupport", "gradus-cli", "homeserver",
        "example-plain", "example-hummingbird", "simulate",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
  ]
)

// Needs a compiler's runtime for fuzzing and instrumented libraries: tools/fuzz --coverage.
if Context.environment["GRADUS_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "fuzz-readers", dependencies: ["Gradus", "GradusPostgres", "GradusSQL", "GradusSQLite"],
      swiftSettings: settings))
}
