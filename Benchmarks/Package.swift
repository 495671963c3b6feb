// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

let package = Package(
  name: "gradus-benchmarks",
  dependencies: [
    // By name, as the folder of a clone may have any.
    .package(name: "gradus", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    // What tools/bench-peers compares with: the version that peer-grdb says it is.
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  ],
  targets: [
    .executableTarget(
      name: "gradus-benchmarks",
      dependencies: [
        .product(name: "Gradus", package: "gradus"), .product(name: "GradusSQLite", package: "gradus"),
        .product(name: "GradusPostgres", package: "gradus"),
        .product(name: "GradusTestSupport", package: "gradus"),
        .product(name: "HomeserverSchema", package: "gradus"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    // What tools/bench-peers runs in a process of the library's: a program an engine, as neither is to link the other's
    // client.
    .target(
      name: "PeerGradus", dependencies: [.product(name: "Gradus", package: "gradus")], swiftSettings: settings
    ),
    .executableTarget(
      name: "peer-gradus-sqlite",
      dependencies: ["PeerGradus", .product(name: "GradusSQLite", package: "gradus")],
      swiftSettings: settings),
    .executableTarget(
      name: "peer-gradus-postgres",
      dependencies: ["PeerGradus", .product(name: "GradusPostgres", package: "gradus")],
      swiftSettings: settings),
    .executableTarget(
      name: "peer-grdb", dependencies: [.product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: settings),
  ]
)
