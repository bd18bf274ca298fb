// A client's request is read without losing a field: written again in the same format it says the same.

import Testing
import Wire

struct ClientRequests {
  @Test(arguments: ClientRequestCase.all)
  func `a request is written again as it was read`(_ row: ClientRequestCase) throws {
    let dialect = try #require(row.dialect.served)
    let client = try dialect.decodeRequest(try JSON.parse(row.body).bytes, at: row.address)
    #expect(client.unread == row.unread)
    let encoded = try dialect.encode(client.request, to: row.traits, quirks: row.quirks)
    let expected = try JSON.parse(row.written ?? row.body)
    #expect(try JSON.parse(encoded.body).sorted.text == expected.sorted.text)
  }

  @Test(arguments: ClientRequestCase.refused + ClientRequestCase.refusedInOpenAIResponses)
  func `what cannot be read is refused with its place`(_ row: (DialectName, String, String)) throws {
    let (name, body, problem) = row
    let dialect = try #require(name.served)
    #expect(throws: WireError(offset: 0, problem)) {
      try dialect.decodeRequest(Array(body.utf8), at: RequestAddress())
    }
  }

  @Test(arguments: DialectName.allServed)
  func `any bytes are read or refused`(_ name: DialectName) throws {
    let dialect = try #require(name.served)
    var random = SeededRandom(seed: 4)
    for row in ClientRequestCase.all where row.dialect == name {
      let body = Array(row.body.utf8)
      for _ in 0..<200 {
        var bytes = body
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          bytes[Int.random(in: bytes.indices, using: &random)] =
            "{}[]\",:0nt\u{0}".utf8.randomElement(using: &random) ?? 0
        }
        _ = try? dialect.decodeRequest(bytes, at: row.address)
      }
    }
  }
}

struct ClientRequestCase: Sendable, CustomTestStringConvertible {
  var dialect: DialectName
  var name: String
  var body: String
  /// When it is not the same text.
  var written: String?
  var unread: [String] = []
  var address = RequestAddress()
  var traits = ModelTraits()
  var quirks = Quirks()
  var testDescription: String { "\(dialect.rawValue): \(name)" }
}

extension ClientRequestCase {
  static let all: [ClientRequestCase] = openAIChat + anthropicMessages + gemini + openAIResponses

  private static let thinker: ModelTraits = {
    var traits = ModelTraits()
    traits.capabilities = ["reasoning", "adaptive_thinking", "json_schema"]
    traits.efforts = ["low", "high"]
    return traits
  }()

  private static let openAIChat: [ClientRequestCase] = [
    ClientRequestCase(
      dialect: .openAIChat, name: "settings",
      body: """
        {"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":10,"temperature":0.50,"top_p":1e-1,
        "frequency_penalty":0,"presence_penalty":-2,"seed":7,"stop":["a","b"],"n":2,"logprobs":true,"top_logprobs":3,
        "reasoning_effort":"low","user":"u","metadata":{"k":"v"},"service_tier":"flex","logit_bias":{"1":2},
        "new_field":[1]}
        """),
    ClientRequestCase(
      dialect: .openAIChat, name: "other spellings",
      body: #"{"model":"m","messages":[],"max_completion_tokens":5,"stop":"x","temperature":null}"#,
      written: #"{"model":"m","messages":[],"max_tokens":5,"stop":["x"]}"#),
    ClientRequestCase(
      dialect: .openAIChat, name: "a stream",
      body: #"{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true,"x":1}}"#),
    ClientRequestCase(
      dialect: .openAIChat, name: "a schema",
      body: """
        {"model":"m","messages":[],"response_format":{"type":"json_schema","json_schema":
        {"name":"n","schema":{"type":"object"},"strict":true,"description":"d"}}}
        """,
      written: """
        {"model":"m","messages":[],"response_format":{"type":"json_schema","json_schema":
        {"name":"n","schema":{"type":"object"},"strict":true}}}
        """, unread: ["response_format.json_schema.description"]),
    ClientRequestCase(
      dialect: .openAIChat, name: "tools",
      body: """
        {"model":"m","messages":[],"tools":[{"type":"function","function":{"name":"f","description":"d",
        "parameters":{"type":"object"},"strict":false,"x":1}},{"type":"custom","custom":{"name":"c"}}],
        "tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false}
        """),
    ClientRequestCase(
      dialect: .openAIChat, name: "a conversation",
      body: """
        {"model":"m","messages":[{"role":"system","content":"be brief"},{"role":"developer","content":"now"},
        {"role":"user","name":"ann","content":[{"type":"text","text":"see"},
        {"type":"image_url","image_url":{"url":"data:image/png;base64,AA==","detail":"low"}},
        {"type":"image_url","image_url":{"url":"https://i"}},
        {"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}},
        {"type":"file","file":{"file_id":"f1"}},{"type":"new","x":1}]},
        {"role":"assistant","content":"ok","refusal":"no","tool_calls":[
        {"id":"c1","type":"function","function":{"name":"f","arguments":"{\\"a\\": 1}"}},
        {"id":"c2","type":"custom","custom":{"name":"c","input":"free"}}],"annotations":[1]},
        {"role":"tool","tool_call_id":"c1","content":"r"},{"role":"tool","tool_call_id":"c2","content":[
        {"type":"text","text":"a"},{"type":"text","text":"b"}]},{"role":"user","content":""}]}
        """),
  ]

  private static let anthropicMessages: [ClientRequestCase] = [
    ClientRequestCase(
      dialect: .anthropicMessages, name: "settings",
      body: """
        {"model":"m","max_tokens":100,"messages":[{"role":"user","content":"hi"}],"system":"be brief",
        "temperature":0.5,"top_p":0.9,"top_k":3,"stop_sequences":["a"],"service_tier":"auto","stream":true,
        "metadata":{"user_id":"u"},"container":"c"}
        """),
    ClientRequestCase(
      dialect: .anthropicMessages, name: "a budget to think",
      body: #"{"model":"m","max_tokens":4000,"messages":[],"thinking":{"type":"enabled","budget_tokens":2000}}"#),
    ClientRequestCase(
      dialect: .anthropicMessages, name: "effort and a schema",
      body: """
        {"model":"m","max_tokens":100,"messages":[],"thinking":{"type":"adaptive"},"output_config":{"effort":"low",
        "format":{"type":"json_schema","schema":{"type":"object"}}}}
        """, traits: thinker),
    ClientRequestCase(
      dialect: .anthropicMessages, name: "no thinking",
      body: #"{"model":"m","max_tokens":9,"messages":[],"thinking":{"type":"disabled","display":"x"}}"#,
      written: #"{"model":"m","max_tokens":9,"messages":[],"thinking":{"type":"disabled"}}"#,
      unread: ["thinking.display"]),
    ClientRequestCase(
      dialect: .anthropicMessages, name: "tools",
      body: """
        {"model":"m","max_tokens":9,"messages":[],"tools":[{"name":"f","description":"d","input_schema":
        {"type":"object"},"cache_control":{"type":"ephemeral"},"eager":true},{"type":"web_search_20250305",
        "name":"web_search","max_uses":3}],"tool_choice":{"type":"any","disable_parallel_tool_use":true}}
        """),
    ClientRequestCase(
      dialect: .anthropicMessages, name: "a conversation",
      body: """
        {"model":"m","max_tokens":9,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],
        "messages":[{"role":"user","content":[{"type":"text","text":"see"},
        {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}},
        {"type":"image","source":{"type":"url","url":"https://i"}},
        {"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"AA=="},"title":"t",
        "citations":{"enabled":true}},{"type":"document","source":{"type":"text","media_type":"text/plain",
        "data":"x"}},{"type":"image","source":{"type":"file","file_id":"f"}}]},
        {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},
        {"type":"redacted_thinking","data":"d"},{"type":"text","text":"a","citations":[1]},
        {"type":"tool_use","id":"c1","name":"f","input":{"a":1}},
        {"type":"server_tool_use","id":"c2","name":"web_search","input":{}},
        {"type":"web_search_tool_result","tool_use_id":"c2","content":[]}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":[{"type":"text","text":"r"},
        {"type":"image","source":{"type":"url","url":"https://j"}}],"is_error":true},{"type":"text","text":"go"}]}]}
        """),
  ]

  private static let atModel = RequestAddress(model: "m")

  private static let gemini: [ClientRequestCase] = [
    ClientRequestCase(
      dialect: .gemini, name: "settings",
      body: """
        {"contents":[{"role":"user","parts":[{"text":"hi"}]}],"systemInstruction":{"parts":[{"text":"be brief"}]},
        "generationConfig":{"temperature":0.50,"topP":1e-1,"topK":3,"maxOutputTokens":10,"stopSequences":["a"],
        "candidateCount":2,"seed":7,"presencePenalty":1,"frequencyPenalty":-1,"responseLogprobs":true,"logprobs":3,
        "responseModalities":["TEXT"],"newField":1},"labels":{"team":"red"},"serviceTier":"flex",
        "safetySettings":[{"category":"c"}],"cachedContent":"cachedContents/1"}
        """, address: atModel),
    ClientRequestCase(
      dialect: .gemini, name: "the other spelling, and one where a list is meant",
      body: """
        {"contents":{"parts":{"inline_data":{"mime_type":"image/png","data":"_-8="}}},"system_instruction":{"role":"user",
        "parts":{"text":"s"}},"generation_config":{"max_output_tokens":5,"response_mime_type":"application/json",
        "response_schema":{"type":"OBJECT","properties":{"a_b":{"type":"STRING","nullable":true},
        "c":{"type":"ARRAY","items":{"type":"INTEGER"},"max_items":"3"}},"any_of":[{"type":"TYPE_UNSPECIFIED"}]}},
        "tools":{"function_declarations":[{"name":"f","parameters":{"type":"OBJECT"}}]},
        "tool_config":{"function_calling_config":{"mode":"any","allowed_function_names":["f"]}},"labels":null}
        """,
      written: """
        {"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"/+8="}}]}],
        "systemInstruction":{"parts":[{"text":"s"}]},"generationConfig":{"maxOutputTokens":5,
        "responseMimeType":"application/json","responseJsonSchema":{"type":"object","properties":{
        "a_b":{"type":["string","null"]},"c":{"type":"array","items":{"type":"integer"},"maxItems":3}},"anyOf":[{}]}},
        "tools":[{"functionDeclarations":[{"name":"f","parametersJsonSchema":{"type":"object"}}]}],
        "toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}}}
        """, address: atModel),
    ClientRequestCase(
      dialect: .gemini, name: "tools",
      body: """
        {"contents":[],"tools":[{"functionDeclarations":[{"name":"f","description":"d","parametersJsonSchema":
        {"type":"object"},"behavior":"BLOCKING","response":{"type":"STRING"}},{"name":"g"}]},{"googleSearch":{}},
        {"urlContext":{"x":1}}],"toolConfig":{"functionCallingConfig":{"mode":"ANY",
        "allowedFunctionNames":["f","g"]},"retrievalConfig":{"languageCode":"de"}}}
        """, address: atModel),
    ClientRequestCase(
      dialect: .gemini, name: "a mode nobody else has",
      body: """
        {"contents":[],"tools":[{"functionDeclarations":[{"name":"f"}]}],
        "toolConfig":{"functionCallingConfig":{"mode":"VALIDATED"}}}
        """, address: atModel),
    ClientRequestCase(
      dialect: .gemini, name: "a level of thinking that is not shown",
      body: #"{"contents":[],"generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW","includeThoughts":false}}}"#,
      address: atModel),
    ClientRequestCase(
      dialect: .gemini, name: "a budget of thinking that is shown",
      body: #"{"contents":[],"generationConfig":{"thinkingConfig":{"thinkingBudget":9,"includeThoughts":true}}}"#,
      address: atModel),
    ClientRequestCase(
      dialect: .gemini, name: "no thinking",
      body: #"{"contents":[],"generationConfig":{"thinkingConfig":{"thinkingBudget":0}}}"#, address: atModel),
    ClientRequestCase(
      dialect: .gemini, name: "forms of answers",
      body: #"{"contents":[],"generationConfig":{"responseMimeType":"application/json"}}"#, address: atModel),
    ClientRequestCase(
      dialect: .gemini, name: "a form nobody else has",
      body:
        #"{"contents":[],"generationConfig":{"responseMimeType":"text/x.enum","responseSchema":{"type":"STRING"}}}"#,
      address: atModel),
    ClientRequestCase(
      dialect: .gemini, name: "a conversation",
      body: """
        {"contents":[{"role":"user","parts":[{"text":"see"},{"inlineData":{"mimeType":"image/png","data":"AA=="}},
        {"fileData":{"mimeType":"video/mp4","fileUri":"gs://v"},"videoMetadata":{"fps":2}},{"text":""}]},
        {"role":"model","parts":[{"text":"hm","thought":true,"thoughtSignature":"QQ=="},
        {"text":"a","thoughtSignature":"Qg=="},{"functionCall":{"name":"f","args":{"a":1},"id":"c1"},
        "thoughtSignature":"Qw=="},{"functionCall":{"name":"g","args":{},"id":"c2"}},
        {"executableCode":{"code":"1"},"thoughtSignature":"RA=="},{"text":"","thoughtSignature":"RQ=="}]},
        {"role":"user","parts":[{"functionResponse":{"id":"c2","name":"g","response":{"result":"r"},"parts":[
        {"inlineData":{"mimeType":"image/png","data":"AA=="}}],"willContinue":false}},
        {"functionResponse":{"id":"c1","name":"f","response":{"error":"no"}}},
        {"functionResponse":{"id":"c9","name":"h","response":{"x":[1]}}},{"text":"go"}],"newField":1}]}
        """, address: atModel),
    ClientRequestCase(
      dialect: .gemini, name: "calls without ids",
      body: """
        {"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}},{"functionCall":{"name":"g"}},
        {"functionCall":{"name":"f","args":{"n":2}}}]},{"role":"function","parts":[
        {"functionResponse":{"name":"g","response":{"r":1}}},{"functionResponse":{"name":"f","response":{"r":2}}},
        {"functionResponse":{"name":"f","response":{"r":3}}}]}]}
        """,
      written: """
        {"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":{},"id":"call-0"}},
        {"functionCall":{"name":"g","args":{},"id":"call-1"}},{"functionCall":{"name":"f","args":{"n":2},"id":"call-2"}}]},
        {"role":"user","parts":[{"functionResponse":{"id":"call-1","name":"g","response":{"r":1}}},
        {"functionResponse":{"id":"call-0","name":"f","response":{"r":2}}},
        {"functionResponse":{"id":"call-2","name":"f","response":{"r":3}}}]}]}
        """, address: atModel),
    ClientRequestCase(
      dialect: .gemini, name: "each chunk of a stream as a turn of its own",
      body: """
        {"contents":[{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":[{"text":"one ","thought":true}]},
        {"role":"model","parts":[{"text":"two","thought":true}]},
        {"role":"model","parts":[{"text":"","thought":true,"thoughtSignature":"QQ=="}]},
        {"role":"model","parts":[{"text":"a"}]},{"role":"model","parts":[{"text":"b"},{"text":"c"}]},
        {"role":"model","parts":[{"text":"d","thoughtSignature":"Qg=="}]},
        {"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},
        {"role":"model","parts":[{"text":""}]},{"role":"model"},
        {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"x":1}}}]},
        {"role":"user","parts":[{"text":""}]}]}
        """,
      written: """
        {"contents":[{"role":"user","parts":[{"text":"q"}]},{"role":"model","parts":[
        {"text":"one two","thought":true,"thoughtSignature":"QQ=="},{"text":"ab"},{"text":"c"},
        {"text":"d","thoughtSignature":"Qg=="},{"functionCall":{"name":"f","args":{},"id":"call-0"}}]},
        {"role":"user","parts":[{"functionResponse":{"id":"call-0","name":"f","response":{"x":1}}},{"text":""}]}]}
        """, address: atModel),
    ClientRequestCase(
      dialect: .gemini, name: "thinking that a stream cut off from its signature",
      body: """
        {"contents":[{"role":"model","parts":[{"text":"one ","thought":true},{"text":"two","thought":true},
        {"text":"","thought":true,"thoughtSignature":"QQ=="},{"text":"a"}]}]}
        """,
      written: """
        {"contents":[{"role":"model","parts":[{"text":"one two","thought":true,"thoughtSignature":"QQ=="},{"text":"a"}]}]}
        """, address: atModel),
  ]

  static let refused: [(DialectName, String, String)] = [
    (.gemini, "[]", "a JSON object expected"), (.gemini, #"{"contents":[]}"#, "the address names no model"),
    (.gemini, #"{"model":"m"}"#, "`contents` is missing"),
    (.gemini, #"{"model":"m","contents":[3]}"#, "`contents[0]` must be an object"),
    (.gemini, #"{"model":"m","contents":[{"role":"robot"}]}"#, "`contents[0].role` must be user or model"),
    (
      .gemini, #"{"model":"m","contents":[],"generation_config":{"top_k":"x"}}"#,
      "`generationConfig.topK` must be a number"
    ),
    (
      .gemini, #"{"model":"m","contents":[],"tools":[{"functionDeclarations":[{}]}]}"#,
      "`tools[0].functionDeclarations[0].name` is missing"
    ),

    (.openAIChat, "[]", "a JSON object expected"),
    (.openAIChat, #"{"messages":[]}"#, "`model` is missing"),
    (.openAIChat, #"{"model":"m"}"#, "`messages` is missing"),
    (.openAIChat, #"{"model":1,"messages":[]}"#, "`model` must be a string"),
    (.openAIChat, #"{"model":"m","messages":[3]}"#, "`messages[0]` must be an object"),
    (
      .openAIChat, #"{"model":"m","messages":[{"role":"robot"}]}"#,
      "`messages[0].role` must be system, developer, user, assistant or tool"
    ),
    (.openAIChat, #"{"model":"m","messages":[{"role":"tool"}]}"#, "`messages[0].tool_call_id` is missing"),
    (.openAIChat, #"{"model":"m","messages":[],"max_tokens":"9"}"#, "`max_tokens` must be a whole number"),
    (.openAIChat, #"{"model":"m","messages":[],"stop":[1]}"#, "`stop` must be a string or a list of strings"),
    (.anthropicMessages, #"{"model":"m"}"#, "`messages` is missing"),
    (
      .anthropicMessages, #"{"model":"m","messages":[{"role":"tool"}]}"#, "`messages[0].role` must be user or assistant"
    ),
    (.anthropicMessages, #"{"model":"m","messages":[],"tools":[{}]}"#, "`tools[0].name` is missing"),
    (
      .anthropicMessages, #"{"model":"m","messages":[],"tool_choice":{"type":"x"}}"#,
      "`tool_choice.type` must be auto, any, tool (with a name) or none"
    ),
  ]
}

extension JSON {
  /// Members in one order, at every depth.
  var sorted: JSON {
    switch self {
    case .array(let elements): return .array(elements.map(\.sorted))
    case .object(let object):
      let members = object.members.sorted { $0.name < $1.name }
      return .object(JSONObject(members.map { ($0.name, $0.value.sorted) }))
    default: return self
    }
  }
}
