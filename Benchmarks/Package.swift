// swift-tools-version: 6.2
// A package of its own, so that no user of llmgw ever builds it.
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [.package(name: "llmgw", path: "..")],
  targets: [
    .executableTarget(
      name: "Workloads",
      dependencies: [.product(name: "Wire", package: "llmgw"), .product(name: "GatewayCore", package: "llmgw")])
  ],
  swiftLanguageModes: [.v6]
)
