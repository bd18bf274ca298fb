// Tool calls in a stream. Providers number them, or repeat their ids, or do neither; here they are told apart.

/// One item of `delta.tool_calls`.
struct OpenAIChatCallDelta {
  var index: Int?
  var id = ""
  var name = ""
  var arguments = ""
  var kind = ToolCall.Kind.function
  var seal: Seal?
  var extras = JSONObject()

  /// Reads the object that comes next.
  init(_ scanner: inout JSONScanner) throws(WireError) {
    var type: String?
    var hasFunction = false
    var hasCustom = false
    try scanner.enterObject()
    while let member = try scanner.nextMember() {
      switch member {
      case "index": index = try scanner.int()
      case "id": id = try scanner.string() ?? ""
      case "extra_content":
        let value = try scanner.value()
        seal = Seal(extraContent: value)
        if seal == nil, !value.isNull { extras[member.text] = value }
      case "function":
        hasFunction = try scanner.kind() == .object
        if hasFunction { try readCall(&scanner, member: "function") }
      case "custom":
        hasCustom = try scanner.kind() == .object
        if hasCustom { try readCall(&scanner, member: "custom") }
      case "type": type = try scanner.string()
      default:
        let value = try scanner.value()
        if !value.isNull { extras[member.text] = value }
      }
    }
    kind = ToolCall.Kind(openAIChatType: type, hasFunction: hasFunction, hasCustom: hasCustom)
  }

  /// Reads `delta.function_call`, the form before there were several calls; an empty one is none.
  init?(legacy json: JSON) {
    index = -1
    name = json["name"]?.string ?? ""
    arguments = json["arguments"]?.string ?? ""
    if name.isEmpty, arguments.isEmpty { return nil }
  }

  /// Reads `function` or `custom`; where both are written, the empty one takes nothing from the other.
  private mutating func readCall(_ scanner: inout JSONScanner, member place: String) throws(WireError) {
    try scanner.enterObject()
    while let member = try scanner.nextMember() {
      switch member {
      case "name": if let text = try scanner.string(), !text.isEmpty { name = text }
      case "arguments", "input":
        // Some providers write the arguments as an object instead of a text of one.
        let isObject = try scanner.kind() == .object
        let text = isObject ? try scanner.raw().text : try scanner.string()
        if let text, !text.isEmpty { arguments = text }
      default:
        let value = try scanner.value()
        guard !value.isNull else { continue }
        extras[place] = .object((extras[place]?.object ?? JSONObject()) + JSONObject([(member.text, value)]))
      }
    }
  }
}

extension ToolCall.Kind {
  /// What a call is by its `type`, and where that says nothing by the member that describes it.
  ///
  /// Some providers write an empty `custom` beside `function`.
  init(openAIChatType type: String?, hasFunction: Bool, hasCustom: Bool) {
    self = type == "custom" || (type != "function" && hasCustom && !hasFunction) ? .custom : .function
  }
}

/// Numbers the calls of one answer from 0 and tells each beginning once.
struct OpenAIChatCallTracker: Sendable {
  private struct TrackedCall: Sendable {
    var providerIndex: Int?
    var id: String
    var name = ""
    var kind = ToolCall.Kind.function
    var seal: Seal?
    var extras = JSONObject()
    /// What came before the name did.
    var held = ""
    var isTold = false
  }

  var replyID: String?
  private var calls: [TrackedCall] = []

  private static let maximumCalls = 1024
  private static let maximumHeldBytes = 64 << 10

  mutating func add(_ delta: OpenAIChatCallDelta, into events: inout [ChatEvent]) throws(WireError) {
    let index = place(of: delta)
    guard index < Self.maximumCalls else { throw WireError(offset: 0, "more than \(Self.maximumCalls) tool calls") }
    if calls[index].isTold {
      if !delta.arguments.isEmpty { events.append(.toolArguments(index: index, delta.arguments)) }
      return
    }
    if calls[index].id.isEmpty { calls[index].id = delta.id }
    calls[index].name = delta.name
    if delta.kind != .function { calls[index].kind = delta.kind }
    calls[index].seal = calls[index].seal ?? delta.seal
    calls[index].extras.overlay(delta.extras)
    calls[index].held += delta.arguments
    let isHeldTooLong = calls[index].held.utf8.count > Self.maximumHeldBytes
    if !delta.name.isEmpty || isHeldTooLong { tell(index, into: &events) }
  }

  /// Tells calls whose name never came.
  mutating func finish(into events: inout [ChatEvent]) {
    for index in calls.indices where !calls[index].isTold { tell(index, into: &events) }
  }

  private mutating func tell(_ index: Int, into events: inout [ChatEvent]) {
    let call = calls[index]
    let id = call.id.isEmpty ? OpenAIChat.madeCallID(replyID, index) : call.id
    events.append(.toolCallStarted(index: index, id: id, name: call.name, kind: call.kind))
    if let seal = call.seal { events.append(.partSignature(seal)) }
    if !call.held.isEmpty { events.append(.toolArguments(index: index, call.held)) }
    if !call.extras.isEmpty { events.append(.partExtras(call.extras)) }
    calls[index].held = ""
    calls[index].isTold = true
  }

  /// The call a delta belongs to, a new one if need be.
  private mutating func place(of delta: OpenAIChatCallDelta) -> Int {
    if let index = known(delta) { return index }
    calls.append(TrackedCall(providerIndex: delta.index, id: delta.id))
    return calls.count - 1
  }

  private func known(_ delta: OpenAIChatCallDelta) -> Int? {
    if let number = delta.index {
      guard let index = calls.lastIndex(where: { $0.providerIndex == number }) else { return nil }
      // Some number every call 0: another id with a name is another call.
      let isAnother =
        !delta.id.isEmpty && !delta.name.isEmpty && !calls[index].id.isEmpty && calls[index].id != delta.id
      return isAnother ? nil : index
    }
    if !delta.id.isEmpty { return calls.lastIndex { $0.id == delta.id } }
    return delta.name.isEmpty ? calls.indices.last : nil
  }
}

extension Seal {
  /// The thought signature in a call of Google's compatible endpoint (ai.google.dev, thought signatures).
  init?(extraContent json: JSON) {
    guard let text = json["google"]?["thought_signature"]?.string, !text.isEmpty else { return nil }
    self.init(text, of: .gemini)
  }

  /// The seal as that endpoint wants it back.
  var extraContent: JSON { ["google": ["thought_signature": .string(text)]] }
}
