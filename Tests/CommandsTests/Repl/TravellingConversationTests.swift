// One conversation at three providers that speak three formats, with an image and a tool in it: what each is sent is
// right in its own words.

import GatewayCore
import TestSupport
import Testing
import Wire

@Suite(.timeLimit(.minutes(2)))
struct AConversationThatTravels {
  private let home = ProgramHome()

  private static func reply(_ body: String) -> String {
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n\(body)"
  }

  private static func sse(_ events: String...) -> String { events.map { "data: \($0)\n\n" }.joined() }

  /// An answer in the format that the path belongs to; the first at each provider calls the tool.
  private static func answer(to request: ScriptedServer.Request) -> String {
    let body = String(decoding: request.body, as: UTF8.self)
    let wantsTool = body.contains("use the tool") && !body.contains("TOOL SAID \(place(of: request))")
    let parts = request.requestLine.split(separator: " ").dropFirst().first.map(String.init) ?? ""
    if parts.contains("/messages") { return reply(wantsTool ? anthropicCall : anthropicText) }
    if parts.contains("streamGenerateContent") { return reply(wantsTool ? geminiCall : geminiText) }
    return reply(wantsTool ? openAICall : openAIText)
  }

  private static func place(of request: ScriptedServer.Request) -> String {
    request.requestLine.contains("/messages") ? "two" : request.requestLine.contains("Content") ? "three" : "one"
  }

  private static let openAIText = sse(
    #"{"choices":[{"index":0,"delta":{"content":"from one"}}]}"#,
    #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#, "[DONE]")
  private static let openAICall = sse(
    #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"weather","arguments":"{\"place\":\"one\"}"}}]}}]}"#,
    #"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#, "[DONE]")

  private static func anthropic(_ blocks: String..., stop: String) -> String {
    let head =
      #"{"type":"message_start","message":{"id":"m","role":"assistant","content":[],"usage":{"input_tokens":9,"output_tokens":1}}}"#
    let tail = [
      #"{"type":"message_delta","delta":{"stop_reason":"\#(stop)"},"usage":{"output_tokens":5}}"#,
      #"{"type":"message_stop"}"#,
    ]
    return ([head] + blocks + tail).map { event in
      let type = (try? JSON.parse(event))?["type"]?.string ?? ""
      return "event: \(type)\ndata: \(event)\n\n"
    }.joined()
  }

  private static let thinking = [
    #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"SEAL2"}}"#,
    #"{"type":"content_block_stop","index":0}"#,
  ]
  private static let anthropicText = anthropic(
    #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
    #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"from two"}}"#,
    #"{"type":"content_block_stop","index":0}"#, stop: "end_turn")
  private static let anthropicCall = anthropic(
    thinking[0], thinking[1], thinking[2], thinking[3],
    #"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_2","name":"weather","input":{}}}"#,
    #"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"place\":\"two\"}"}}"#,
    #"{"type":"content_block_stop","index":1}"#, stop: "tool_use")

  private static let geminiText = sse(
    #"{"candidates":[{"content":{"role":"model","parts":[{"text":"from three"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":3}}"#
  )
  private static let geminiCall = sse(
    #"{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"weather","args":{"place":"three"}},"thoughtSignature":"SEAL3"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":3}}"#
  )

  private func configure(port: Int) {
    home.write(
      "#!/bin/sh\nread -r line\necho \"TOOL SAID $(echo \"$line\" | sed 's/.*: *\"//;s/\".*//')\"\n", to: "w.sh")
    home.write(
      #"{"name":"weather","parameters":{"type":"object","properties":{"place":{"type":"string"}}},"command":["sh","w.sh"]}"#,
      to: "weather.json")
    home.write(
      """
      providers:
        one: { dialect: openai-chat, base_url: "http://127.0.0.1:\(port)/v1" }
        two: { dialect: anthropic-messages, base_url: "http://127.0.0.1:\(port)/v1" }
        three: { dialect: gemini, base_url: "http://127.0.0.1:\(port)/v1beta" }
      models:
        one/a: { context: 100000 }
        two/b: { context: 100000, max_output: 1000 }
        three/c: { context: 100000 }
      tools: { weather: { file: "\(home.path)/weather.json" } }
      """, to: "config.yaml")
  }

  @Test func `and comes back is valid in each format, with its tools, its image and its seals`() async throws {
    let server = try #require(ScriptedServer(.answer { (Self.answer(to: $0), true) }))
    configure(port: server.port)
    await onShell("printf '\\211PNG\\r\\n\\032\\n0000' > '\(home.path)/dot.png'")
    let terminal = try home.atTerminal("repl", "-m", "one/a", "-s", "be brief")
    await terminal.untilPrompt("a>")
    await terminal.command("/tools all", shows: "offered: weather")
    await terminal.command("/attach \(home.path)/dot.png", shows: "attached:")
    terminal.type("look, and use the tool\r")
    await terminal.until { $0.currentLine.hasPrefix("Run it?") }
    terminal.type("a\r")
    await terminal.until { $0.text.contains("from one") && $0.currentLine == "a>" }
    var turns = 1
    for (model, prompt, text) in [
      ("two/b", "b>", "from two"), ("three/c", "c>", "from three"), ("one/a", "a>", "from one"),
    ] {
      await terminal.command("/model \(model)", shows: "asking \(model)")
      for question in ["use the tool again", "and in words?"] where turns < 6 {
        await terminal.say("\(question) \(turns)", prompt: prompt)
        turns += 1
      }
      #expect(terminal.screen.history.contains(text))
    }
    await terminal.say("the last one", prompt: "a>")
    try check(server.log.requests)
    #expect(home.ledger("select count(*) from operations where status <> 'ok'") == ["0"])
  }

  /// Reads each body as that format's own server would, and looks at what must be in the last of each.
  private func check(_ requests: [ScriptedServer.Request]) throws {
    var last: [String: (ChatRequest, String)] = [:]
    for request in requests {
      let line = request.requestLine.split(separator: " ").dropFirst().first.map(String.init) ?? ""
      let name: DialectName =
        line.contains("/messages") ? .anthropicMessages : line.contains("Content") ? .gemini : .openAIChat
      let served = try #require(name.served)
      let read = try served.decodeRequest(request.body, at: RequestAddress(model: "m", streams: true)).request
      var open: Set<String> = []
      for part in read.messages.flatMap(\.content) {
        if case .toolCall(let call) = part.kind { open.insert(call.id) }
        if case .toolResult(let result) = part.kind { #expect(open.remove(result.callID) != nil, "\(line)") }
      }
      #expect(open.isEmpty, "\(line)")
      #expect(read.messages.contains { $0.content.contains { if case .image = $0.kind { true } else { false } } })
      #expect(read.tools.map(\.name) == ["weather"])
      last[name.rawValue] = (read, String(decoding: request.body, as: UTF8.self))
    }
    #expect(last.count == 3)
    // Its own proofs go back to a provider, and to no other.
    #expect(last["gemini"]?.1.contains("SEAL3") == true)
    #expect(last["openai-chat"]?.1.contains("from three") == true)
    #expect(last["openai-chat"]?.1.contains("TOOL SAID two") == true)
  }
}
