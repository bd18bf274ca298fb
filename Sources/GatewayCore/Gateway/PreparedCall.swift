// From a call to the request that goes out, or to why none does.

package import Wire

/// A call ready to be sent, and what is known of it before it is.
///
/// One object from here to the books: as a value it was copied into the frame of every function on the way.
package final class PreparedCall {
  /// `nil` when it is answered in this process.
  var http: HTTPRequest?
  var dialect: DialectName?
  package var request: ChatRequest
  /// What is asked when it is no chat, and in which format.
  var side: (request: SideRequest, dialect: String)?
  var raw: RawRequest?
  package let target: Target
  package var changes: [Change] = []
  /// Our estimate of the tokens that will be read.
  package var estimatedInputTokens: Int
  /// The client that sent it, where one did.
  var client: ClientCall?
  /// The client's own body goes out, and what comes back goes to the client as it is.
  var isForwarded = false
  /// The whole answer is wanted for the books, not only what it cost.
  var readsEverything = true
  /// What authorizes it.
  var credential: Credential?
  /// Keys and tokens: only for scrubbing them from what a provider says.
  var secrets: [String] = []

  init(request: ChatRequest, target: Target, estimatedInputTokens: Int) {
    self.request = request
    self.target = target
    self.estimatedInputTokens = estimatedInputTokens
  }

  var quirks: Quirks { target.quirks }

  /// Where the key came from, for showing.
  package var keyOrigin: String? { credential?.origin }
}

extension Gateway {
  /// Checks and encodes a call.
  ///
  /// Sends nothing, books nothing.
  ///
  /// Without `keyIsNeeded` a call can be looked at that could not be made.
  package func prepare(_ call: Call, keyIsNeeded: Bool = true) throws(Rejection) -> PreparedCall {
    try prepare(call, to: call.target, keyIsNeeded: keyIsNeeded)
  }

  func prepare(_ call: Call, to target: Target, keyIsNeeded: Bool = true) throws(Rejection) -> PreparedCall {
    if let problem = target.quirksProblem { throw .invalidRequest(problem.problem) }
    let prepared = PreparedCall(
      request: call.request, target: target, estimatedInputTokens: TokenEstimate.input(of: call.request)
    )
    prepared.request.model = target.model
    prepared.client = call.client
    prepared.changes = call.changes
    prepared.readsEverything = call.storesContents || call.readsEverything
    if case .side(let dialect, _) = target.route { prepared.side = call.side.map { ($0, dialect) } }
    if let limit = call.costLimit { try prepared.hold(to: limit, now: runtime.now()) }
    if let raw = call.raw {
      guard case .http(let dialect, let base) = target.route else {
        throw .invalidRequest("\(target.provider.id) has no address to pass anything to")
      }
      try encode(prepared, raw, dialect, base: base, call, keyIsNeeded: keyIsNeeded)
      return prepared
    }
    switch (target.route, call.side) {
    case (.http(let dialect, let base), nil):
      prepared.dialect = dialect
      try encode(prepared, dialect, base: base, call, keyIsNeeded: keyIsNeeded)
    case (.side(let dialect, let base), let side?):
      try encode(prepared, side, dialect, base: base, call, keyIsNeeded: keyIsNeeded)
    case (.inProcess, nil): break
    case (_, let side):
      throw .invalidRequest("it is not called for \((side?.kind ?? .chat).rawValue)")
    }
    if call.isStrict {
      let refused = prepared.changes.filter { !$0.isExemptFromStrict }
      guard refused.isEmpty else { throw .changes(refused) }
    }
    return prepared
  }

  private func encode(
    _ prepared: PreparedCall, _ dialect: DialectName, base: String, _ call: Call, keyIsNeeded: Bool
  ) throws(Rejection) {
    let traits = prepared.target.facts?.traits ?? ModelTraits()
    var http: HTTPRequest
    do {
      let encoded = try body(of: prepared, in: dialect, traits)
      prepared.changes += encoded.changes
      http = HTTPRequest(
        method: "POST",
        url: dialect.dialect.chatURL(
          base: base, model: prepared.request.model, streams: prepared.request.streams,
          quirks: prepared.quirks),
        body: encoded.body)
      if prepared.request.streams { http.pieces = call.isWatched ? .onDemand : .small }
    } catch {
      throw .invalidRequest(error.problem)
    }
    http.headers = [
      ("content-type", "application/json"),
      ("accept", prepared.request.streams ? dialect.dialect.streamContentType : "application/json"),
    ]
    if prepared.isForwarded { http.headers += prepared.client?.headers ?? [] }
    try address(prepared, http, speaking: dialect, call, keyIsNeeded: keyIsNeeded)
  }

  /// The client's own bytes where the provider speaks its format, else the request as `dialect` says it.
  private func body(
    of prepared: PreparedCall, in dialect: DialectName, _ traits: ModelTraits
  ) throws(WireError) -> EncodedRequest {
    guard let client = prepared.client, let format = client.dialect.served else {
      return try dialect.dialect.encode(prepared.request, to: traits, quirks: prepared.quirks)
    }
    // A request that was changed on our side, or a stream in a form of its own, has to be written anew.
    if client.dialect.format == dialect.format, client.request.takesForwardedStreams, prepared.changes.isEmpty {
      prepared.isForwarded = true
      return try format.forward(client.body, model: prepared.request.model, quirks: prepared.quirks)
    }
    var own = client.request
    own.request = prepared.request
    let step = Translation.request(of: own, from: client.dialect, to: dialect)
    var encoded = try dialect.dialect.encode(step.request, to: traits, quirks: prepared.quirks)
    // What was taken out stood at the client's places; what is left may have moved up.
    encoded.changes =
      step.changes.map { format.named($0, at: own.places) } + encoded.changes.map { format.named($0, at: step.places) }
    return encoded
  }

  private func encode(
    _ prepared: PreparedCall, _ side: SideRequest, _ dialect: String, base: String, _ call: Call,
    keyIsNeeded: Bool
  ) throws(Rejection) {
    var http: HTTPRequest
    do {
      let (url, encoded) = try side.encoded(
        for: prepared.target, speaking: dialect, base: base, quirks: prepared.quirks)
      prepared.changes += encoded.changes
      http = HTTPRequest(method: "POST", url: url, body: encoded.body)
    } catch {
      throw .invalidRequest(error.problem)
    }
    http.headers = [("content-type", "application/json"), ("accept", "application/json")]
    http.replyLimit = JSONLimits.vectors.bytes
    // Formats without a name of their own take their keys as OpenAI's do.
    let spoken = DialectName(rawValue: dialect) ?? .openAIChat
    try address(prepared, http, speaking: spoken, call, keyIsNeeded: keyIsNeeded)
  }

  private func encode(
    _ prepared: PreparedCall, _ raw: RawRequest, _ dialect: DialectName, base: String, _ call: Call,
    keyIsNeeded: Bool
  ) throws(Rejection) {
    prepared.raw = raw
    var http = HTTPRequest(method: raw.method, url: raw.url(base: base), body: raw.body)
    http.headers = raw.headers.map { ($0.name, $0.value) }
    try address(prepared, http, speaking: dialect, call, keyIsNeeded: keyIsNeeded)
  }

  /// What every request carries besides its body.
  private func address(
    _ prepared: PreparedCall, _ request: HTTPRequest, speaking dialect: DialectName, _ call: Call,
    keyIsNeeded: Bool
  ) throws(Rejection) {
    let provider = prepared.target.provider
    var http = request
    http.addHeaders(of: provider, prepared.quirks, version: version)
    if let credential = try credential(of: provider, isNeeded: keyIsNeeded) {
      // Signatures and tokens depend on the time: each attempt has its own.
      if case .key(let key) = credential { try http.authorize(for: provider, key: key.value, speaking: dialect) }
      prepared.credential = credential
      prepared.secrets = credential.secrets
    }
    http.timeouts = Timeouts(call: call.timeouts, provider: provider.timeouts)
    prepared.http = http
  }

  func credential(of provider: Provider, isNeeded: Bool) throws(Rejection) -> Credential? {
    do {
      return try credentials.credential(of: provider)
    } catch {
      guard isNeeded else { return nil }
      throw .noKey(Rejection.KeyProblem(error))
    }
  }
}

extension Rejection.KeyProblem {
  package init(_ failure: KeyFailure) {
    switch failure {
    case .missing(let provider, let variables):
      problem = "no key for provider '\(provider)'"
      advice =
        variables.first.map { "Set \($0), or run: llmgw keys set \(provider)." }
        ?? "Run: llmgw keys set \(provider)."
    case .noAccount(let provider, let advice):
      problem = "no credentials for provider '\(provider)'"
      self.advice = advice
    case .variableUnset(let provider, let variable):
      problem = "no key for provider '\(provider)': the config names the variable \(variable), which is not set"
      advice = "Set \(variable)."
    case .unreadable(let what, let why):
      problem = "no key from \(what): \(why)"
      advice = "Check it, or name another source in the config."
    }
  }
}

extension PreparedCall {
  /// Ends the attempt that follows when the call's time is over.
  func end(within time: Duration) {
    guard let total = http?.timeouts.total else { return }
    http?.timeouts.total = min(total, max(time, .milliseconds(1)))
  }
}

extension Timeouts {
  /// The call's own limits go before the provider's, those before the defaults.
  init(call: TimeoutSettings, provider: TimeoutSettings) {
    self.init(
      connect: call.connect ?? provider.connect ?? .seconds(10),
      firstByte: call.firstByte ?? provider.firstByte ?? .seconds(300),
      idle: call.idle ?? provider.idle ?? .seconds(120),
      total: call.total ?? provider.total)
  }
}

extension Change {
  /// What is asked for so that the books are right and a conversation can go on changes nothing in the answer.
  var isExemptFromStrict: Bool { what == .added && Self.harmlessAdditions.contains(field) }

  private static let harmlessAdditions: Set<String> = [
    "stream_options.include_usage", "store", "include[reasoning.encrypted_content]",
  ]
}

extension PreparedCall {
  /// The estimate of the prompt may be short: with a third added, a limit can be held against it.
  var cautiousInputTokens: Int { estimatedInputTokens + estimatedInputTokens / 3 + 8 }

  /// What so many tokens of this call cost; `nil` where that is not known.
  func price(input: Int, output: Int, now: Timestamp) -> Picodollars? {
    var usage = Usage(input: input, output: output)
    usage.queries = side?.request.estimatedQueries
    let terms = PricingTerms(at: now, serviceTier: request.serviceTier)
    return target.facts?.prices?.bill(for: usage, terms: terms).total
  }

  /// The most tokens the answer may have, where a limit is known.
  var mostOutputTokens: Int? {
    side == nil ? request.maxOutputTokens ?? target.facts?.traits.maxOutputTokens : 0
  }

  /// Limits the answer's length to what `limit` can pay for, or refuses.
  fileprivate func hold(to limit: Picodollars, now: Timestamp) throws(Rejection) {
    let input = cautiousInputTokens
    guard let least = price(input: input, output: 0, now: now) else { throw .unpricedUnderLimit }
    if side != nil {
      if least > limit { throw .overCostLimit(limit: limit, least: least) }
      return
    }
    guard let thousand = price(input: input, output: 1_000_000, now: now) else { throw .unpricedUnderLimit }
    let million = thousand.count - least.count
    guard million > 0 else {
      if least > limit { throw .overCostLimit(limit: limit, least: least) }
      return
    }
    let room = Int128(max(limit.count - least.count, 0)) * 1_000_000 / Int128(million)
    let affordable = Int(clamping: room)
    guard affordable >= Self.fewestUsefulTokens else { throw .overCostLimit(limit: limit, least: least) }
    let wanted = mostOutputTokens ?? Int.max
    if affordable < wanted {
      request.maxOutputTokens = affordable
      changes.append(Change("max_tokens", .clamped, "more than \(affordable) tokens could cost over \(limit.shown)"))
    }
  }

  private static let fewestUsefulTokens = 16
}
