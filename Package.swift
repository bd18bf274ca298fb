// swift-tools-version: 6.2
import PackageDescription

// Targets stand bottom-up: each may depend only on what is above it. What must not know X does not depend on X.
let package = Package(
  name: "llmgw",
  products: [
    .executable(name: "llmgw", targets: ["llmgw"]),
    .library(name: "Wire", targets: ["Wire"]),
    .library(name: "GatewayCore", targets: ["GatewayCore"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),  // GatewayServer alone: docs/decisions/0012
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),  // Benchmarking alone: 0016
  ],
  targets: [
    // C libraries.
    .target(name: "CCurl"),  // loads libcurl at first use: linking it would cost every start 9 ms
    .target(name: "CEdit"),  // libedit, loaded at first use too
    .target(name: "CCrypto"),  // RSA signatures by libcrypto, loaded at first use too
    .target(name: "CZlib"),  // inflates request bodies, loaded at first use too
    .target(name: "CCatalog", exclude: ["providers.tsv", "models.tsv"]),  // the embedded tables
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

    // Bytes in, values out. Standard library only.
    .target(name: "Wire"),

    // The core library: catalog, transport, money, ledger, settings, the one path.
    .target(
      name: "GatewayCore", dependencies: ["CCatalog", "CCrypto", "CCurl", "CSQLite", "CYAML", "Wire"],
      exclude: ["Catalog/data"]),

    // HTTP in front of the core. The only target that imports SwiftNIO.
    .target(
      name: "GatewayServer",
      dependencies: [
        "CZlib", "GatewayCore", "Wire",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),

    // Load, measurements and what they mean: `llmgw bench`.
    .target(
      name: "Benchmarking",
      dependencies: ["GatewayCore", "Wire", .product(name: "Histogram", package: "hdrhistogram-swift")]),

    // Flags as values: parse, help. Knows nothing of llmgw.
    .target(name: "CommandLineKit"),

    // One file per command, and the terminal.
    .target(
      name: "Commands",
      dependencies: ["Benchmarking", "CEdit", "CommandLineKit", "GatewayCore", "GatewayServer", "Wire"]),

    .executableTarget(name: "llmgw", dependencies: ["Commands"]),

    // Tests; what several of them need is a target of its own.
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "ArchitectureTests"),
    .testTarget(name: "WireTests", dependencies: ["Wire"]),
    .testTarget(name: "GatewayCoreTests", dependencies: ["GatewayCore", "Wire", "CSQLite", "TestSupport"]),
    .testTarget(
      name: "GatewayServerTests",
      dependencies: [
        "GatewayCore", "GatewayServer", "TestSupport", "Wire", .product(name: "NIOEmbedded", package: "swift-nio"),
      ]),
    .testTarget(name: "BenchmarkingTests", dependencies: ["Benchmarking", "GatewayCore", "TestSupport", "Wire"]),
    .testTarget(name: "CommandLineKitTests", dependencies: ["CommandLineKit"]),
    .testTarget(
      name: "CommandsTests",
      dependencies: ["Commands", "CommandLineKit", "GatewayCore", "Wire", "TestSupport", "llmgw"]),
  ],
  swiftLanguageModes: [.v6]
)

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),  // SE-0335
  .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
  .treatAllWarnings(as: .error),  // SE-0443
]
for target in package.targets
where target.type != .system && !["CCatalog", "CCrypto", "CCurl", "CEdit", "CZlib"].contains(target.name) {
  target.swiftSettings = strict
}
