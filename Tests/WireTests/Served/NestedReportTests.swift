// The same for every field, however deep: each text of a full request is marked, and every mark arrives or is reported
// under the path it stands at.

import Testing
import Wire

struct NestedReports {
  @Test(arguments: DialectName.allServed, DialectName.allCases)
  func `whatever stands in a request arrives or is reported where it stands`(
    _ client: DialectName, _ provider: DialectName
  ) throws {
    // Between like formats the bytes are forwarded.
    guard let served = client.served, client.format != provider.format else { return }
    var random = SeededRandom(seed: 7)
    var silent: Set<String> = []
    var lied: Set<String> = []
    for round in 0..<40 {
      let full = try JSON.parse(Array(FullRequest.text(of: client).utf8))
      let body = round == 0 ? full : full.thinned(using: &random)
      guard let read = try? served.decodeRequest(body.bytes, at: RequestAddress(model: "m")) else { continue }
      var step = Translation.request(of: read, from: client, to: provider)
      step.request.model = "claude-m"
      guard let encoded = try? provider.dialect.encode(step.request, to: MatrixCell.traits, quirks: Quirks()) else {
        continue
      }
      let changes =
        step.changes.map { served.named($0, at: read.places) }
        + encoded.changes.map { served.named($0, at: step.places) }
      let sent = String(decoding: encoded.body, as: UTF8.self)
      for mark in body.marks where !Self.saysNothingElsewhere.contains(mark.path) {
        let arrived = sent.contains(mark.text) || sent.contains(base64(Array(mark.text.utf8)))
        let reports = changes.filter { mark.isTold(by: $0.field) && $0.what != .added }
        if !arrived, reports.isEmpty { silent.insert(mark.path) }
        if arrived, reports.contains(where: { $0.what == .dropped && mark.path == $0.field }) { lied.insert(mark.path) }
      }
    }
    #expect(silent.sorted() == [])
    #expect(lied.sorted() == [])
  }

  /// What need not arrive: how the stream is told is between us and the client, and a schema's name is a handle that
  /// formats without one do not miss.
  private static let saysNothingElsewhere: Set<String> = [
    "stream_options.vendor", "response_format.json_schema.name", "text.format.name",
  ]

  @Test(arguments: DialectName.allServed)
  func `the full request is read`(_ client: DialectName) throws {
    let body = try JSON.parse(Array(FullRequest.text(of: client).utf8))
    #expect(body.marks.count > 20)
    _ = try #require(client.served).decodeRequest(body.bytes, at: RequestAddress(model: "m"))
  }
}

/// A text that is found nowhere else, and the path it stands at.
private struct Mark {
  let path: String
  let text: String

  /// Whether a change of that field speaks of it: of what it stands in, or of what stands in it.
  func isTold(by field: String) -> Bool {
    path == field || path.hasPrefix(field + ".") || path.hasPrefix(field + "[") || isTold(byMember: field)
  }

  /// Formats name the members of a part differently; the part, the turn or the tool it belongs to is the same.
  private func isTold(byMember field: String) -> Bool {
    if let dot = field.lastIndex(of: "."), path.hasPrefix(field[..<dot] + ".function" + field[dot...]) { return true }
    guard let dot = field.lastIndex(of: "."), let last = Self.words[String(field[field.index(after: dot)...])] else {
      return false
    }
    return path.hasPrefix(field[..<dot]) && last.contains { path.hasSuffix($0) }
  }

  /// What the vocabulary calls a member, and how the formats do.
  private static let words: [String: [String]] = [
    "detail": ["image_url.detail"], "filename": ["file.filename", "title"],
    "name": ["title", "displayName", "filename"],
    "cache_control": ["cache_control.ttl"], "signature": ["thoughtSignature", "id", "encrypted_content"],
  ]
}

extension JSON {
  fileprivate var marks: [Mark] { marks(at: "") }

  private func marks(at path: String) -> [Mark] {
    switch self {
    case .string(let text):
      text.ranges(of: "MARK").map { Mark(path: path, text: String(text[$0.lowerBound...].prefix(6))) }
    case .array(let elements): elements.enumerated().flatMap { $0.element.marks(at: "\(path)[\($0.offset)]") }
    case .object(let object):
      object.members.flatMap { $0.value.marks(at: path.isEmpty ? $0.name : "\(path).\($0.name)") }
    default: []
    }
  }

  /// Without some members that hold a mark.
  fileprivate func thinned(using random: inout SeededRandom) -> JSON {
    switch self {
    case .array(let elements): return .array(elements.map { $0.thinned(using: &random) })
    case .object(let object):
      var thin = JSONObject()
      // A text is what its part is: without it there is nothing that the rest could belong to.
      for member in object.members
      where member.name == "text" || member.value.marks.isEmpty || Int.random(in: 0..<4, using: &random) > 0 {
        thin[member.name] = member.value.thinned(using: &random)
      }
      return .object(thin)
    default: return self
    }
  }
}

/// A request that says all a client of the format can say.
private enum FullRequest {
  static func text(of dialect: DialectName) -> String {
    switch dialect {
    case .openAIChat: openAIChat
    case .anthropicMessages: anthropic
    case .openAIResponses: responses
    default: gemini
    }
  }

  private static let openAIChat = #"""
    {"model":"m","messages":[
     {"role":"system","content":"MARKa1","name":"MARKa2"},
     {"role":"developer","content":[{"type":"text","text":"MARKa3","cache_control":{"type":"ephemeral","ttl":"MARKa4"}}]},
     {"role":"user","name":"MARKa5","content":[{"type":"text","text":"MARKa6","x":"MARKa7"},
      {"type":"image_url","image_url":{"url":"data:image/png;base64,MARKa8AA","detail":"MARKa9","more":"MARKb1"}},
      {"type":"file","file":{"filename":"MARKb2.pdf","file_data":"data:application/pdf;base64,MARKb3AA","more":"MARKb4"}},
      {"type":"input_audio","input_audio":{"data":"MARKb5AA","format":"wav","more":"MARKb6"}},
      {"type":"hologram","value":"MARKb7"}],"vendor":"MARKb8"},
     {"role":"assistant","content":"MARKb9","refusal":"MARKc1","reasoning_content":"MARKc2","annotations":["MARKc3"],
      "tool_calls":[{"id":"MARKc4","type":"function","function":{"name":"MARKc5","arguments":"{\"q\":\"MARKc6\"}",
       "more":"MARKc7"},"vendor":"MARKc8"}]},
     {"role":"tool","tool_call_id":"MARKc4","content":[{"type":"text","text":"MARKc9","x":"MARKd1"}],"vendor":"MARKd2"}],
     "tools":[{"type":"function","function":{"name":"MARKd3","description":"MARKd4","parameters":{"type":"object",
      "title":"MARKd5"},"vendor":"MARKd6"},"vendor":"MARKd7"},
      {"type":"custom","custom":{"name":"MARKd8","description":"MARKd9","vendor":"MARKe8",
       "format":{"type":"grammar","grammar":{"syntax":"MARKe9","definition":"MARKf1","vendor":"MARKf2"},"vendor":"MARKf3"}}},
      {"type":"gadget","gadget":{"x":"MARKe1"}}],
     "response_format":{"type":"json_schema","json_schema":{"name":"MARKe2","description":"MARKe3",
      "schema":{"type":"object","title":"MARKe4"}},"vendor":"MARKe5"},
     "stream_options":{"vendor":"MARKe6"},"prediction":{"content":"MARKe7"}}
    """#

  private static let anthropic = #"""
    {"model":"m","max_tokens":9,"system":[{"type":"text","text":"MARKa1","cache_control":{"type":"ephemeral","ttl":"MARKa2"}},
      {"type":"text","text":"MARKa3","x":"MARKa4"}],
     "messages":[
     {"role":"user","vendor":"MARKa5","content":[{"type":"text","text":"MARKa6","x":"MARKa7"},
      {"type":"image","source":{"type":"base64","media_type":"image/png","data":"MARKa8AA","more":"MARKa9"}},
      {"type":"document","title":"MARKb1","context":"MARKb2","citations":{"x":"MARKb3"},
       "source":{"type":"base64","media_type":"application/pdf","data":"MARKb4AA"}},
      {"type":"hologram","value":"MARKb5"}]},
     {"role":"assistant","content":[{"type":"thinking","thinking":"MARKb6","signature":"MARKb7"},
      {"type":"redacted_thinking","data":"MARKb8","more":"MARKb9"},{"type":"text","text":"MARKc1","citations":["MARKc2"]},
      {"type":"tool_use","id":"MARKc3","name":"MARKc4","input":{"q":"MARKc5"},"caller":{"x":"MARKc6"}},
      {"type":"server_tool_use","id":"MARKc7","name":"MARKc8","input":{"q":"MARKc9"}}]},
     {"role":"user","content":[{"type":"tool_result","tool_use_id":"MARKc3","content":[{"type":"text","text":"MARKd1"},
      {"type":"search_result","x":"MARKd2"}],"vendor":"MARKd3"},{"type":"text","text":"MARKd4"}]}],
     "tools":[{"name":"MARKd5","description":"MARKd6","input_schema":{"type":"object","title":"MARKd7"},"vendor":"MARKd8",
       "cache_control":{"type":"ephemeral","ttl":"MARKd9"}},{"type":"gadget_1","name":"MARKe1","x":"MARKe2"}],
     "tool_choice":{"type":"auto","vendor":"MARKe3"},"metadata":{"user_id":"MARKe4","k":"MARKe5"},
     "thinking":{"type":"enabled","budget_tokens":2000,"display":"MARKe6"},
     "output_config":{"effort":"low","format":{"type":"json_schema","schema":{"type":"object","title":"MARKe7"},
      "vendor":"MARKe8"},"vendor":"MARKe9"},"context_management":{"edits":["MARKf1"]},"service_tier":"MARKf2"}
    """#

  private static let responses = #"""
    {"model":"m","instructions":"MARKa1","input":[
     {"role":"developer","content":[{"type":"input_text","text":"MARKa2","x":"MARKa3"}]},
     {"type":"message","role":"user","vendor":"MARKa4","content":[{"type":"input_text","text":"MARKa5"},
      {"type":"input_image","image_url":"data:image/png;base64,MARKa6AA","detail":"MARKa7"},
      {"type":"input_file","filename":"MARKa8.pdf","file_data":"data:application/pdf;base64,MARKa9AA"},
      {"type":"input_audio","input_audio":{"data":"MARKb1AA","format":"wav","more":"MARKb2"}},
      {"type":"input_hologram","value":"MARKb3"}]},
     {"type":"reasoning","id":"MARKb4","summary":[{"type":"summary_text","text":"MARKb5"}],
      "content":[{"type":"reasoning_text","text":"MARKb7"}],"encrypted_content":"MARKb8"},
     {"type":"message","role":"assistant","id":"MARKb9","phase":"MARKc1","content":[{"type":"output_text","text":"MARKc2",
      "annotations":[{"url":"MARKc3"}]},{"type":"refusal","refusal":"MARKc4"}]},
     {"type":"web_search_call","id":"MARKc5"},
     {"type":"function_call","id":"MARKc6","call_id":"MARKc7","name":"MARKc8","arguments":"{\"q\":\"MARKc9\"}"},
     {"type":"custom_tool_call","call_id":"MARKd1","name":"MARKd2","input":"MARKd3"},
     {"type":"function_call_output","id":"MARKd4","call_id":"MARKc7","output":[{"type":"input_text","text":"MARKd5"}]},
     {"type":"custom_tool_call_output","call_id":"MARKd1","output":"MARKd6"}],
     "tools":[{"type":"function","name":"MARKd7","description":"MARKd8","parameters":{"type":"object","title":"MARKd9"},
       "vendor":"MARKe1"},{"type":"custom","name":"MARKe2","description":"MARKe3","vendor":"MARKf7",
       "format":{"type":"grammar","syntax":"MARKf8","definition":"MARKf9","vendor":"MARKg1"}},
      {"type":"web_search","x":"MARKe4"}],
     "tool_choice":{"type":"allowed_tools","mode":"MARKe5"},"reasoning":{"effort":"low","summary":"MARKe6"},
     "text":{"verbosity":"MARKe7","format":{"type":"json_schema","name":"MARKe8","description":"MARKe9",
      "schema":{"type":"object","title":"MARKf1"}}},"metadata":{"k":"MARKf2"},"user":"MARKf3",
     "prompt":{"id":"MARKf4"},"include":["MARKf5"],"stream_options":{"vendor":"MARKf6"}}
    """#

  private static let gemini = #"""
    {"systemInstruction":{"role":"system","vendor":"MARKa1","parts":[{"text":"MARKa2","partMetadata":{"x":"MARKa3"}}]},
     "contents":[{"role":"user","vendor":"MARKa4","parts":[{"text":"MARKa5","videoMetadata":{"x":"MARKa6"}},
      {"inlineData":{"mimeType":"image/png","data":"MARKa7AA","displayName":"MARKa8","more":"MARKa9"}},
      {"fileData":{"mimeType":"application/pdf","fileUri":"https://MARKb1","more":"MARKb2"}},
      {"hologram":{"x":"MARKb3"}}]},
     {"role":"model","parts":[{"text":"MARKb4","thought":true,"thoughtSignature":"MARKb5"},{"text":"MARKb6"},
      {"functionCall":{"id":"MARKb7","name":"MARKb8","args":{"q":"MARKb9"},"more":"MARKc1"},"thoughtSignature":"MARKc2"},
      {"executableCode":{"code":"MARKc3"}}]},
     {"role":"user","parts":[{"functionResponse":{"id":"MARKb7","name":"MARKb8","response":{"result":"MARKc4"},
      "scheduling":"MARKc5"}}]}],
     "tools":[{"functionDeclarations":[{"name":"MARKc6","description":"MARKc7","parameters":{"type":"OBJECT",
       "title":"MARKc8"},"response":{"title":"MARKc9"}}],"googleSearch":{"x":"MARKd1"}}],
     "toolConfig":{"functionCallingConfig":{"mode":"AUTO","vendor":"MARKd2"},"retrievalConfig":{"x":"MARKd3"}},
     "generationConfig":{"responseMimeType":"application/json","responseJsonSchema":{"type":"object","title":"MARKd4"},
      "thinkingConfig":{"thinkingLevel":"low","vendor":"MARKd5"},"speechConfig":{"x":"MARKd6"},"stopSequences":["MARKd7"]},
     "labels":{"team":"MARKd8"},"safetySettings":[{"category":"MARKd9"}],"cachedContent":"MARKe1","serviceTier":"MARKe2"}
    """#
}
