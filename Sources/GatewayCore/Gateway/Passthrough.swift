// Requests that go to a provider as they are, whatever they ask: the key is put in, the call is booked, and usage is read
// where the answer is one that we know.

import Wire

/// A request in a provider's own words.
public struct RawRequest: Sendable, Equatable {
  public var method: String
  /// Begins with `/`; with its query.
  public var path: String
  public var headers: [Header]
  public var body: [UInt8]
  /// The provider does not bill it.
  public var isFree = false

  public struct Header: Sendable, Equatable {
    public var name: String
    public var value: String
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(method: String, path: String, headers: [Header] = [], body: [UInt8] = []) {
    self.method = method
    self.path = path
    self.headers = headers
    self.body = body
  }

  /// The model it names, in its body or its path.
  public var model: String? {
    if let model = (try? JSON.parse(body))?["model"]?.string { return model }
    guard let place = path.range(of: "/models/") else { return nil }
    let name = path[place.upperBound...].prefix { $0 != ":" && $0 != "?" }
    return name.isEmpty ? nil : name.percentDecoded
  }

  /// Below the provider's address; a path that repeats the end of the address does not double it.
  func url(base: String) -> String {
    guard let scheme = base.range(of: "://"), let slash = base[scheme.upperBound...].firstIndex(of: "/") else {
      return base + path
    }
    let own = base[slash...]
    return path == own || path.hasPrefix(own + "/") || path.hasPrefix(own + "?") ? base[..<slash] + path : base + path
  }
}

extension StringProtocol {
  /// Where `text` stands first.
  fileprivate func range(of text: String) -> Range<Index>? { ranges(of: text).first }
}

extension Call {
  /// A request that is passed through.
  public init(_ raw: RawRequest, to plan: Plan, origin: CallOrigin) {
    self.init(ChatRequest(model: plan.first.model, messages: []), to: plan, origin: origin)
    self.raw = raw
    retries = 0
  }
}

extension Gateway {
  /// Passes an answer on as it comes, a failure too.
  func pass(
    _ prepared: PreparedCall, _ run: AttemptRun, _ relay: AnswerRelay
  ) async throws {
    let response = try await send(run, relay)
    run.hasBegun = true
    try await relay.begin(run, as: response.status, response.headers.passedOn)
    var reader = PassedReader(prepared, isStream: response.isEventStream)
    for try await bytes in response.body {
      reader.read(bytes)
      try await relay.pass(bytes, run)
    }
    for event in reader.finish() { try run.reply.add(event) }
    run.isComplete = true
    if !(200..<300).contains(response.status) {
      run.failure = reader.failure(status: response.status)
      run.failureIsTold = true
    }
  }
}

/// Reads along in what is passed through.
private struct PassedReader {
  private let dialect: (any Dialect.Type)?
  private let embedsTexts: Bool
  private let quirks: Quirks
  private var decoder: (any StreamDecoding)?
  private var events: [ChatEvent] = []
  private var body: [UInt8] = []
  private var isTooLong = false

  /// More of an answer than this is not read.
  private static let mostBytes = 8 << 20

  init(_ prepared: PreparedCall, isStream: Bool) {
    quirks = prepared.quirks
    let address = (prepared.http?.url ?? "").prefix { $0 != "?" }
    dialect = prepared.target.provider.endpoints.lazy.compactMap(\.builtIn).map(\.dialect).first { dialect in
      [false, true].contains { streams in
        let url = dialect.chatURL(
          base: "", model: prepared.target.model, streams: streams, quirks: prepared.quirks)
        return address.hasSuffix(url.prefix { $0 != "?" })
      }
    }
    embedsTexts = address.hasSuffix("/embeddings")
    if isStream { decoder = dialect?.makeStreamDecoder(quirks: quirks) }
  }

  mutating func read(_ bytes: [UInt8]) {
    if decoder != nil {
      // What cannot be read is passed on all the same.
      if (try? decoder?.decode(bytes, into: &events)) == nil { decoder = nil }
      events.removeAll { if case .usage = $0 { false } else { true } }
    } else if body.count + bytes.count <= Self.mostBytes {
      body += bytes
    } else {
      isTooLong = true
    }
  }

  /// What was read of the usage.
  mutating func finish() -> [ChatEvent] {
    if decoder != nil {
      try? decoder?.finish(into: &events)
      return events.last.map { [$0] } ?? []
    }
    guard !isTooLong else { return [] }
    if let reply = try? dialect?.decodeReply(body, quirks: quirks), let usage = reply.usage { return [.usage(usage)] }
    if embedsTexts, let usage = (try? OpenAIEmbeddings.decodeEmbeddings(body, quirks: quirks))?.usage {
      var usage = usage
      usage.output = usage.output ?? 0
      return [.usage(usage)]
    }
    return []
  }

  func failure(status: Int) -> ProviderFailure {
    dialect?.decodeFailure(status: status, body: body) ?? ProviderFailure.decode(status: status, body: body)
  }
}

extension HTTPHeaders {
  /// Fields that a client gets to see: not those about our connection to the provider.
  fileprivate var passedOn: [(name: String, value: String)] {
    filter { !Self.keptBack.contains($0.name.lowercased()) }.map { ($0.name, $0.value) }
  }

  private static let keptBack: Set<String> = [
    "connection", "content-length", "content-encoding", "date", "keep-alive", "set-cookie", "server",
    "strict-transport-security", "transfer-encoding", "alt-svc",
  ]
}
