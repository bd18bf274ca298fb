// The examples that are handed out, and what the manual of the server says.

import CommandLineKit
import Commands
import GatewayCore
import Testing

struct Examples {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/" + $1 }

  private static func text(of path: String) -> String {
    (try? readFile("\(root)/\(path)", limit: 1 << 20)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  @Test func `the config is right, and what it names is there`() async throws {
    let home = ProgramHome()
    let checked = await home.run("config", "check", environment: ["LLMGW_CONFIG": Self.root + "/examples/gateway.yaml"])
    #expect(checked.ending == .exited(0), "\(checked.stderr)")

    let settings = try Settings.parse(
      Array(Self.text(of: "examples/gateway.yaml").utf8), file: "example", variables: { _ in nil },
      nearest: { _, _ in nil })
    let variables = ["OPENAI_API_KEY": "x", "ANTHROPIC_API_KEY": "x"]
    let catalog = Catalog(settings: settings, environment: Environment(variables: variables))
    #expect(settings.routes.count == 2)
    for name in settings.routes.map(\.name) + settings.aliases.keys {
      let plan = try catalog.plan(name)
      #expect(plan.passedOver.isEmpty && plan.targets.allSatisfy { $0.facts?.prices != nil }, "\(name)")
    }
  }

  @Test(arguments: ["docs/serving.md", "docs/clients.md", "examples/llmgw.service", "examples/Dockerfile"])
  func `names only keys of the config and flags that are there`(_ path: String) {
    let text = Self.text(of: path)
    #expect(text.contains("llmgw"))
    let keys = Set(SettingsKey.all.map { $0.path.joined(separator: ".") })
    for key in text.matches(of: /`(server\.[a-z_]+)/) { #expect(keys.contains(String(key.1)), "\(key.1)") }
    let flags = Set(AllCommands.list.flatMap(Self.flags))
    for flag in text.matches(of: /llmgw [a-z ]+--([a-z-]+)/) { #expect(flags.contains(String(flag.1)), "\(flag.1)") }
  }

  private static func flags(of command: AnyCommand<Invocation>) -> [String] {
    command.flags.map(\.name) + command.subcommands.flatMap(flags)
  }
}
