// What a person can do about a failure, in one sentence.

import GatewayCore
import Wire

extension ProviderFailure {
  /// `nil` when there is nothing better to say than what the provider said.
  func advice(target: Target, keyOrigin: String?, catalog: Catalog) -> String? {
    switch kind {
    case .authentication, .permission:
      keyOrigin.map { "The key came from \($0)." } ?? "No key was sent."
    case .notFound: CommandFailure.modelMeant(by: target.name, catalog) ?? "Check the model's name and the address."
    case .contextLength: "Send less, or choose a model with a larger context."
    case .quota: "Check the account's credit at \(target.provider.name)."
    case .rateLimited:
      retryAfterMilliseconds.map { "It asks to wait \(($0 + 999) / 1000) s. Allow more with --retries N." }
        ?? "Try again later, or allow more with --retries N."
    case .network: "Check the network and the address of the provider."
    case .timeout: "Allow more with --timeout."
    case .overloaded, .server: "Try again later."
    case .cut: "What arrived is above; try again."
    case .invalidRequest, .contentFilter, .malformed: nil
    }
  }
}
