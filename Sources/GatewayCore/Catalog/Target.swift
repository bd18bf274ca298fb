// Where a call goes, and why a name did not lead there.

package import Wire

/// What a call asks for.
public enum CallKind: String, Sendable, CaseIterable {
  case chat, embeddings, rerank, passthrough
}

/// A model at a provider, ready to be called.
///
/// One object for everyone on the way of a call, who mostly want one word of it.
public final class Target: Sendable, Equatable {
  /// How the call is made.
  package enum Route: Sendable, Equatable {
    /// `base` has no trailing slash.
    case http(DialectName, base: String)
    /// For what is no chat: the format by the name in the data.
    case side(dialect: String, base: String)
    /// Answered by this program itself: no key, no network.
    case inProcess
  }

  public let provider: Provider
  /// The model id as the provider knows it.
  public let model: String
  package let route: Route
  /// `nil` when the catalogue does not know the model: it can be called, its price is unknown.
  public let facts: ModelFacts?
  /// How the provider departs from its dialect.
  package let quirks: Quirks
  /// What is wrong with the data that should say so: then no call can be made.
  package let quirksProblem: WireError?

  package init(provider: Provider, model: String, route: Route, facts: ModelFacts?) {
    self.provider = provider
    self.model = model
    self.route = route
    self.facts = facts
    do {
      quirks = try Quirks(json: provider.quirks)
      quirksProblem = nil
    } catch {
      quirks = Quirks()
      quirksProblem = error
    }
  }

  public static func == (left: Target, right: Target) -> Bool {
    left === right
      || left.model == right.model && left.route == right.route && left.provider == right.provider
        && left.facts == right.facts
  }

  /// `provider/model`.
  public var name: String { "\(provider.id)/\(model)" }
}

/// Why a model name leads nowhere.
public enum ResolutionFailure: Error, Sendable, Equatable {
  /// No provider and no model of that name.
  case unknown(name: String)
  /// Several providers that could be called have it.
  case ambiguous(name: String, candidates: [String])
  /// Providers have it, but none that a key is there for.
  case notConfigured(name: String, candidates: [String])
  /// The provider has no such operation.
  case kindMissing(provider: String, kind: CallKind)
  /// The provider speaks a dialect this version does not.
  case dialectMissing(provider: String, dialect: String)
  /// The provider's address has parts that only the user knows.
  case addressIncomplete(provider: String, address: String)
}

extension Target {
  /// Whether it is called in this format, or one of the same bodies.
  package func speaks(_ dialect: DialectName) -> Bool {
    guard case .http(let own, _) = route else { return false }
    return own.format == dialect.format
  }

  /// The most texts that one call of this target embeds.
  package var mostTextsInACall: Int {
    guard case .side(let dialect, _) = route, let format = EmbeddingFormat(dialect: dialect) else { return 1 }
    return format.dialect.mostInputs
  }
}
