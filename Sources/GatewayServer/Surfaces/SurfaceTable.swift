// From a method and a path to a surface.
import GatewayCore
import Wire

/// The names under which keys may be let into what is passed through.
enum AccessSurface {
  static func passthrough(_ provider: String) -> String { AccessKey.passthroughPrefix + provider }
}

enum SurfaceTable {
  /// The surface of a request.
  ///
  /// A path may begin with the name of an API (`/openai`, `/anthropic`, `/genai`), and with or without the version that the
  /// API's own clients put there.
  static func match(_ request: ServerRequest) -> SurfaceMatch {
    if request.method == "POST", let usual = usual[request.path] { return .found(usual.surface, usual.api) }
    var path = request.path.split(separator: "/", omittingEmptySubsequences: true)[...]
    if path.first == "passthrough", path.count >= 2 { return passthrough(path) }
    var api = path.first.flatMap { prefixes["/" + $0] }
    if api != nil { path.removeFirst() }
    if let version = path.first, ["v1", "v1beta", "v1alpha", "v2"].contains(version) {
      if version.hasPrefix("v1") && version.count > 2 { api = .gemini }
      path.removeFirst()
    }
    let known = api ?? usualAPI(of: request, path)
    guard let (method, surface) = find(path, known, request) else { return .unknown(known) }
    guard let method, method != request.method, !(method == "GET" && request.method == "HEAD") else {
      return .found(surface, known)
    }
    return .otherMethod(allowed: method, known)
  }

  /// The addresses that most requests have, found without taking them apart.
  private static let usual: [String: (surface: Surface, api: ClientAPI)] = [
    "/v1/chat/completions": (.chat(.openAIChat, RequestAddress()), .openAI),
    "/v1/responses": (.chat(.openAIResponses, RequestAddress()), .openAI),
    "/v1/messages": (.chat(.anthropicMessages, RequestAddress()), .anthropic),
  ]

  /// For clients whose base address is to say which API it is.
  private static let prefixes: [String: ClientAPI] = ["/openai": .openAI, "/anthropic": .anthropic, "/genai": .gemini]

  /// The method that an address takes (`nil` for several) and what it is.
  private static func find(
    _ path: ArraySlice<Substring>, _ api: ClientAPI, _ request: ServerRequest
  ) -> (method: String?, Surface)? {
    switch path.joined(separator: "/") {
    case "chat/completions": return ("POST", .chat(.openAIChat, RequestAddress()))
    case "completions": return ("POST", .completions)
    case "responses": return ("POST", .chat(.openAIResponses, RequestAddress()))
    case "messages": return ("POST", .chat(.anthropicMessages, RequestAddress()))
    case "messages/count_tokens": return ("POST", .countTokens(.anthropicMessages, RequestAddress()))
    case "embeddings": return ("POST", .embeddings(.openAI, RequestAddress()))
    case "rerank": return ("POST", .rerank)
    case "models": return ("GET", .models(nil))
    case "health/live": return ("GET", .live)
    case "health/ready": return ("GET", .ready)
    case "metrics": return ("GET", .metrics)
    case "llmgw/spend": return ("GET", .spend)
    default: break
    }
    if path.first == "llmgw", path.dropFirst().first == "operations", path.count == 3, let id = path.last {
      return ("GET", .operation(id.percentDecoded))
    }
    if path.first == "llmgw", path.dropFirst().first == "access" {
      return (nil, .access(path.dropFirst(2).map(\.percentDecoded)))
    }
    if path.first == "models", path.count > 1 { return model(path.dropFirst(), api, request) }
    return nil
  }

  /// `models/NAME` and `models/NAME:method`; a name may hold slashes.
  private static func model(
    _ path: ArraySlice<Substring>, _ api: ClientAPI, _ request: ServerRequest
  ) -> (method: String?, Surface)? {
    let name = path.joined(separator: "/").percentDecoded
    guard api == .gemini, request.method != "GET", let colon = name.lastIndex(of: ":") else {
      return ("GET", .models(name))
    }
    var address = RequestAddress(model: String(name[..<colon]))
    switch name[name.index(after: colon)...] {
    case "generateContent":
      address.streams = false
      return ("POST", .chat(.gemini, address))
    case "streamGenerateContent":
      address.streams = true
      address.isArray = !asksForEvents(request.query)
      return ("POST", .chat(.gemini, address))
    case "countTokens": return ("POST", .countTokens(.gemini, address))
    case "embedContent", "batchEmbedContents": return ("POST", .embeddings(.gemini, address))
    default: return nil
    }
  }

  private static func asksForEvents(_ query: String?) -> Bool {
    query?.split(separator: "&").contains { $0.percentDecoded.lowercased() == "alt=sse" } == true
  }

  /// `passthrough/PROVIDER/…`: the rest goes to the provider as it is.
  private static func passthrough(_ path: ArraySlice<Substring>) -> SurfaceMatch {
    let rest = path.dropFirst(2).map { "/" + $0 }.joined()
    return .found(.passthrough(provider: path.dropFirst().first?.percentDecoded ?? "", path: rest), .openAI)
  }

  /// The API of addresses that several have.
  private static func usualAPI(of request: ServerRequest, _ path: ArraySlice<Substring>) -> ClientAPI {
    if path.first == "messages" || request.headers["anthropic-version"] != nil { return .anthropic }
    if request.headers["x-goog-api-key"] != nil || request.path.contains(":") { return .gemini }
    return .openAI
  }
}
