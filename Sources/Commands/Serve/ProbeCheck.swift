// server.probe names providers, which only the catalog knows.

import CommandLineKit
import GatewayCore

extension Catalog {
  /// Throws when a provider that is to be probed is not there, or has no list of models to ask for.
  func checkProbes(of server: ServerSettings) throws(CommandFailure) {
    for name in server.probes {
      guard let provider = provider(named: name) else {
        throw CommandFailure(
          .usage, "config: server.probe: there is no provider '\(name)'",
          advice: didYouMean(name, among: providers(beginning: "").map(\.id)) ?? "See llmgw providers.")
      }
      if provider.modelsPath == nil {
        throw CommandFailure(
          .usage, "config: server.probe: '\(name)' has no list of models to ask for", advice: "Leave it out.")
      }
    }
  }
}
