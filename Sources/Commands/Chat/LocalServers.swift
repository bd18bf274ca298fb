// Which of the servers that people run on their own machine is there.

import GatewayCore
import Wire

/// Asks the usual ports of local servers, all at once, which of them is there.
struct LocalServers {
  let providers: [Provider]
  let catalog: Catalog
  let transport: Transport
  /// For all of them together: nobody should wait for what is not there.
  private static let patience = Duration.milliseconds(50)

  /// The first in the order given that answers, with the first model it lists.
  func firstAnswering() async -> (provider: Provider, model: String)? {
    let found = await answering()
    return providers.first { found[$0.id] != nil }.flatMap { provider in found[provider.id].map { (provider, $0) } }
  }

  /// Those that answer, by id, with the first model each lists.
  func answering() async -> [String: String] {
    await withTaskGroup(of: (String, String?).self) { group in
      for provider in providers { group.addTask { (provider.id, await firstModel(of: provider)) } }
      return await group.reduce(into: [:]) { found, answer in found[answer.0] = answer.1 }
    }
  }

  private func firstModel(of provider: Provider) async -> String? {
    guard let target = try? catalog.target(provider, model: ""), case .http(_, let base) = target.route,
      let path = provider.modelsPath
    else { return nil }
    var request = HTTPRequest(method: "GET", url: base + path)
    request.timeouts.total = Self.patience
    request.replyLimit = 4 << 20
    // Whatever goes wrong, the server is not there for us.
    guard let response = try? await transport.send(request), response.status == 200,
      let body = try? await response.body.collect(), let listing = try? JSON.parse(body)
    else { return nil }
    return listing["data"]?.array?.first?["id"]?.string
  }
}
