// swift-tools-version: 6.2
import PackageDescription

// A fuzzer for each decoder, built with libFuzzer: see `run`.
let package = Package(
  name: "Fuzzing",
  dependencies: [.package(name: "llmgw", path: "..")],
  targets: [
    .target(name: "CFuzzMain"),
    .executableTarget(
      name: "FuzzWire", dependencies: ["CFuzzMain", .product(name: "Wire", package: "llmgw")],
      swiftSettings: [.unsafeFlags(["-parse-as-library", "-sanitize=fuzzer"])],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]),
  ],
  swiftLanguageModes: [.v6]
)
