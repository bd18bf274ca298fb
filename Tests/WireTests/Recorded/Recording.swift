// Recorded exchanges with providers, when the machine has them.

import Wire

/// One exchange: what came, and what a correct decoder gets out of it.
struct Recording {
  let id: String
  let dialect: DialectName
  let provider: String
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

  private init?(_ dialect: DialectName, _ json: JSON) {
    guard ["chat", "messages", "responses"].contains(json["operation"]?.string), let response = json["response"],
      let body = response["body_text"]?.string, let expected = json["expected"]
    else { return nil }
    id = json["id"]?.string ?? ""
    self.dialect = dialect
    provider = json["provider"]?.string ?? ""
    status = response["status"]?.int ?? 200
    isStream = response["kind"]?.string == "sse"
    self.body = Array(body.utf8)
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
