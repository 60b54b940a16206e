// swift-tools-version:6.2
import PackageDescription

let package = Package(
  name: "notices",
  dependencies: [.package(name: "muster", path: "../..")],
  targets: [
    .target(
      name: "Notices",
      dependencies: [.product(name: "PluginKit", package: "muster")],
      resources: [.embedInCode("Pages")],
      // Handlers then stay on the event loop until they have to wait.
      swiftSettings: [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]),
    .executableTarget(
      name: "notices-server",
      dependencies: ["Notices", .product(name: "MusterServer", package: "muster")]),
    .testTarget(
      name: "NoticesTests",
      dependencies: [
        "Notices", .product(name: "PluginKit", package: "muster"),
        .product(name: "MusterTesting", package: "muster"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
