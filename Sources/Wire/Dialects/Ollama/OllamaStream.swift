// A streamed answer to events: objects one after another, each with a piece of the message. The last one says `done`.

/// Reads lines of JSON.
public struct OllamaStreamDecoder: StreamDecoding {
  private var framing = JSONArrayDecoder()
  private var pending: [ArraySlice<UInt8>] = []
  public private(set) var isComplete = false
  private var model: ArraySlice<UInt8> = []
  /// What ids of calls are made of: answers have no id, but a time.
  private var time: String?
  private var callCount = 0

  private static let mostCalls = 1024

  public init() {}

  public mutating func decode(_ bytes: [UInt8], into events: inout [ChatEvent]) throws(WireError) {
    pending.removeAll(keepingCapacity: true)
    // What came whole before a broken line is told.
    let framed = Result { () throws(WireError) in try framing.decode(bytes, into: &pending) }
    for index in pending.indices { try read(pending[index], into: &events) }
    try framed.get()
  }

  /// A line that was cut is not read; `isComplete` then tells.
  public mutating func finish(into events: inout [ChatEvent]) throws(WireError) {}

  // MARK: Lines

  /// What a line says besides its message.
  private struct Line {
    var isDone = false
    var reason: String?
    var input: Int?
    var output: Int?
  }

  mutating func read(_ bytes: ArraySlice<UInt8>, into events: inout [ChatEvent]) throws(WireError) {
    var scanner = try JSONScanner(bytes)
    var line = Line()
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "model": tellModel(try scanner.stringBytes() ?? [], into: &events)
      case "created_at": if time == nil { time = try scanner.string()?.filter(\.isNumber) }
      case "message": try readMessage(&scanner, into: &events)
      // Answers of `/api/generate` have the texts here (github.com/ollama/ollama, docs/api.md).
      case "thinking": tell(try scanner.string()) { events.append(.reasoning($0)) }
      case "response": tell(try scanner.string()) { events.append(.text($0)) }
      case "logprobs": tellLogprobs(try scanner.value(), into: &events)
      case "done": line.isDone = try scanner.bool() ?? false
      case "done_reason": line.reason = try scanner.string()
      case "prompt_eval_count": line.input = try scanner.int()
      case "eval_count": line.output = try scanner.int()
      case "error": events.append(.failed(FailureBody(["error": try scanner.value()]).failure(status: 200)))
      default: break
      }
    }
    try scanner.finish()
    if line.isDone { end(line, bytes, into: &events) }
  }

  private func tell(_ text: String?, _ tell: (String) -> Void) {
    if let text, !text.isEmpty { tell(text) }
  }

  private mutating func tellModel(_ name: ArraySlice<UInt8>, into events: inout [ChatEvent]) {
    guard !name.isEmpty, name != model else { return }
    model = name
    events.append(.started(id: nil, model: name.text))
  }

  private func tellLogprobs(_ list: JSON, into events: inout [ChatEvent]) {
    let tokens = OpenAIChatLogprobs.decode(["content": list])
    if !tokens.isEmpty { events.append(.logprobs(tokens)) }
  }

  private mutating func end(_ line: Line, _ bytes: ArraySlice<UInt8>, into events: inout [ChatEvent]) {
    isComplete = true
    let answer = try? JSON.parse(bytes)  // it was read just now: cannot throw
    let extras = answer?.object?.rest(besides: Self.held) ?? JSONObject()
    if !extras.isEmpty { events.append(.extras(extras)) }
    if line.reason != nil || callCount > 0 {
      events.append(.finished(Finish(ollamaWord: line.reason ?? "stop", callsTools: callCount > 0)))
    }
    // What was read is not counted when it was still in memory.
    guard line.input != nil || line.output != nil else { return }
    var usage = Usage(input: line.input.flatMap(Self.count), output: line.output.flatMap(Self.count))
    usage.raw = answer?.counts
    events.append(.usage(usage))
  }

  /// Members of a line that are read elsewhere, or say when it was made.
  private static let held: Set<String> = [
    "model", "message", "response", "thinking", "context", "done", "done_reason", "logprobs", "created_at",
    "prompt_eval_count", "eval_count",
  ]

  private static func count(_ number: Int) -> Int? { number < 0 ? nil : number }

  // MARK: Messages

  private mutating func readMessage(
    _ scanner: inout JSONScanner, into events: inout [ChatEvent]
  ) throws(WireError) {
    guard try scanner.kind() == .object else { return }
    // Thinking comes before the text it leads to, and calls after it, whatever the order on the wire.
    var text = ""
    var calls: [JSON] = []
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "thinking": if let piece = try scanner.string(), !piece.isEmpty { events.append(.reasoning(piece)) }
      case "content": text = try scanner.string() ?? ""
      case "tool_calls": calls = try scanner.value().array ?? []
      default: break
      }
    }
    if !text.isEmpty { events.append(.text(text)) }
    for call in calls { try tell(call, into: &events) }
  }

  /// A call comes whole: its arguments are an object, and in older versions it has no id.
  private mutating func tell(_ call: JSON, into events: inout [ChatEvent]) throws(WireError) {
    guard callCount < Self.mostCalls else { throw WireError(offset: 0, "more than \(Self.mostCalls) tool calls") }
    let id = call["id"]?.string ?? ""
    let function = call["function"]
    events.append(
      .toolCallStarted(
        index: callCount, id: id.isEmpty ? OpenAIChat.madeCallID(time.map { "call-" + $0 }, callCount) : id,
        name: function?["name"]?.string ?? "", kind: .function))
    if let arguments = function?["arguments"], !arguments.isNull {
      events.append(.toolArguments(index: callCount, arguments.string ?? arguments.text))
    }
    callCount += 1
  }
}

extension JSON {
  /// The counts among the members, the times left out.
  fileprivate var counts: JSON {
    .object(JSONObject((object?.members ?? []).filter { $0.name.hasSuffix("_count") }.map { ($0.name, $0.value) }))
  }
}
