// What a provider itself says it offers.

import Wire

/// A provider's own list of its models.
package struct ModelListing: Sendable {
  /// The ids, in the provider's order.
  package var models: [String]
  package var tookMicroseconds: Int64
  /// Where the key that was used came from.
  package var keyOrigin: String?
}

extension Gateway {
  /// Asks a provider for its models.
  ///
  /// Nothing is billed for that, so nothing is booked. Throws `Rejection` when it cannot be asked, `ProviderFailure` when it does not answer well.
  package func listModels(of provider: Provider, timeout: Duration = .seconds(20)) async throws -> ModelListing {
    guard let path = provider.modelsPath, let endpoint = provider.endpoints.first, let dialect = endpoint.builtIn else {
      throw Rejection.invalidRequest("it has no list of its models that this version can read")
    }
    let target = try catalog.target(provider, model: "")
    guard case .http(_, let base) = target.route else {
      throw Rejection.invalidRequest("it has no list of its models")
    }
    let url = path.contains("://") ? catalog.blanks.filled(path, for: provider) : base + path
    var http = HTTPRequest(method: "GET", url: url)
    http.timeouts.total = timeout
    http.replyLimit = 16 << 20
    if let problem = target.quirksProblem { throw problem }
    http.addHeaders(of: provider, target.quirks, version: version)
    let credential = try credential(of: provider, isNeeded: true)
    if case .key(let key) = credential { try http.authorize(for: provider, key: key.value, speaking: dialect) }
    let secrets = try await authorize(&http, with: credential) + provider.headerSecrets

    let began = runtime.uptimeMicroseconds()
    do {
      let response = try await transport.send(http)
      let body = try await response.body.collect()
      guard (200..<300).contains(response.status) else {
        var failure = dialect.dialect.decodeFailure(status: response.status, body: body)
        failure.scrub(secrets)
        throw failure
      }
      let listing = try JSON.parse(body)
      let rows =
        listing["data"]?.array ?? listing["models"]?.array ?? listing["modelSummaries"]?.array ?? listing.array ?? []
      return ModelListing(
        models: rows.compactMap { $0["id"]?.string ?? $0["modelId"]?.string ?? $0["name"]?.string ?? $0.string },
        tookMicroseconds: runtime.uptimeMicroseconds() - began, keyOrigin: credential?.origin)
    } catch let failure as TransportFailure {
      throw ProviderFailure(failure, answerHadBegun: false)
    } catch is WireError {
      throw ProviderFailure(.malformed, message: "its list of models is not JSON")
    }
  }
}

extension Provider.Endpoint {
  /// The dialect spoken there, if it is built in.
  var builtIn: DialectName? { DialectName(rawValue: dialect) }
}
