// Recorded exchanges with providers, when the machine has them.

import Wire

/// One exchange: what came, and what a correct decoder gets out of it.
struct Recording {
  let id: String
  let dialect: DialectName
  let provider: String
  let operation: String
  let status: Int
  let isStream: Bool
  let body: [UInt8]
  let expected: JSON

  /// Where recordings are looked for.
  static let folder = Files.environment("LLMGW_CASSETTES") ?? Files.repository + "/../shared/cassettes"

  /// The chat exchanges in the folders of `dialect`, whose provider may give the dialect another name.
  static func all(_ dialect: DialectName) throws -> [Recording] {
    let folders: [String]
    switch dialect {
    case .openAIChat: folders = ["openai-chat", "mistral-chat"]
    case .anthropicMessages: folders = ["anthropic-messages"]
    case .openAIResponses: folders = ["openai-responses"]
    case .gemini: folders = ["gemini"]
    case .vertexGemini: folders = []  // those of the other address are of the same format
    case .bedrockConverse: folders = ["bedrock-converse"]
    case .bedrockInvoke: folders = ["bedrock-invoke"]
    case .cohereV2: folders = ["cohere-v2"]
    case .ollama: folders = ["ollama"]
    case .azureOpenAI, .vertexAnthropic: folders = []  // their answers are those of the formats they wrap
    }
    var recordings: [Recording] = []
    for folder in folders.map({ "\(Self.folder)/\($0)" }) {
      for name in Files.names(in: folder) where name.hasSuffix(".json") {
        guard let bytes = Files.read("\(folder)/\(name)") else { continue }
        if let recording = Recording(dialect, try JSON.parse(bytes)) { recordings.append(recording) }
      }
    }
    return recordings
  }

  /// The shortest answer of each sort: with and without thinking, with and without calls.
  static func sample(of streams: [Recording]) -> [Recording] {
    var shortest: [[Bool]: Recording] = [:]
    for stream in streams where stream.expected["complete"] == true {
      let sort = [
        stream.expected["reasoning_text"]?.string?.isEmpty == false,
        stream.expected["tool_calls"]?.array?.isEmpty == false, stream.expected["text"]?.string?.isEmpty == false,
      ]
      if shortest[sort].map({ stream.body.count < $0.body.count }) ?? true { shortest[sort] = stream }
    }
    // Each is decoded as often as it has bytes: the long ones would take minutes.
    let short = shortest.values.filter { $0.body.count < 3000 }
    let least = shortest.values.min { $0.body.count < $1.body.count }
    return (short.isEmpty ? [least].compactMap(\.self) : short).sorted { $0.id < $1.id }
  }

  /// Where a stream is cut: at every byte, or at some of a long one, which is read anew for each.
  var cuts: [Int] {
    let mostBytesRead = 40_000_000
    return Array(stride(from: 0, to: body.count, by: max(1, body.count * body.count / mostBytesRead)))
  }

  private static let operations: Set<String> = [
    "chat", "messages", "responses", "generateContent", "streamGenerateContent", "converse", "converse-stream",
    "invoke", "invoke-stream", "generate",
  ]

  private init?(_ dialect: DialectName, _ json: JSON) {
    // Every maker's own format goes by `invoke`: of concern are Claude's messages.
    let isInvoke = json["operation"]?.string?.hasPrefix("invoke") ?? false
    let speaksMessages =
      json["model"]?.string?.contains("claude") == true && json["request"]?["body"]?["messages"] != nil
    guard !isInvoke || speaksMessages else { return nil }
    guard Self.operations.contains(json["operation"]?.string ?? ""), let response = json["response"],
      let body = response["body_text"]?.string.map({ Array($0.utf8) })
        ?? response["body_base64"]?.string.flatMap({ bytes(base64: $0) }),
      let expected = json["expected"]
    else { return nil }
    id = json["id"]?.string ?? ""
    self.dialect = dialect
    provider = json["provider"]?.string ?? ""
    operation = json["operation"]?.string ?? ""
    status = response["status"]?.int ?? 200
    isStream = ["sse", "json-array", "ndjson", "eventstream"].contains(response["kind"]?.string)
    self.body = body
    self.expected = expected
  }
}

/// The registry of providers, when the machine has it.
enum ProviderData {
  static let path = Files.environment("LLMGW_PROVIDERS") ?? Files.repository + "/../shared/data/providers.json"

  /// The quirks of each provider; empty when there is no registry.
  static func quirks() throws -> [String: JSONObject] {
    guard let bytes = Files.read(path) else { return [:] }
    var quirks: [String: JSONObject] = [:]
    for provider in try JSON.parse(bytes)["providers"]?.object?.members ?? [] {
      quirks[provider.name] = provider.value["quirks"]?.object ?? JSONObject()
    }
    return quirks
  }
}
