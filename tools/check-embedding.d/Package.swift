// swift-tools-version: 6.2
import PackageDescription

// An application on SQLite alone, as tools/check-embedding builds it.
let gradus = Package.Dependency.package(
  name: "gradus", path: Context.environment["GRADUS_CHECKOUT"] ?? "../..", traits: [])

let package = Package(
  name: "shop",
  dependencies: [gradus],
  targets: [
    .executableTarget(
      name: "shop",
      dependencies: [
        .product(name: "Gradus", package: "gradus"), .product(name: "GradusSQLite", package: "gradus"),
      ]),
    .executableTarget(
      name: "shop-commands", dependencies: [.product(name: "GradusCommand", package: "gradus")]),
  ]
)
