// The items of a streamed answer: which are open, and what of them was told.

struct OpenAIResponsesOutputDecoder: Sendable {
  private var items: [Int: Item] = [:]
  /// Where the text told last stands: another place is another part.
  private var lastPlace: Place?
  private var itemCount = 0
  private var callCount = 0
  private var partCount = 0
  /// What was told last is of a message: two messages in a row must stay two.
  private var isInMessage = false

  var hasCalls: Bool { callCount > 0 }

  private static let mostItems = 1024
  private static let mostParts = 16_384

  private struct Item: Sendable {
    var id: [UInt8]
    /// Counts the items; their numbers on the wire may repeat.
    var serial: Int
    /// The number of the call it is, once that was told.
    var call: Int?
    var hasArguments = false
    var toldParts: Set<PartPlace> = []
    var toldExtras: Set<Int> = []
    var isDone = false
    /// What it says of itself, until it is told with its first part; `nil` when it has said nothing or it is told.
    var members: JSONObject?
  }

  private enum PartKind: Sendable {
    case text, refusal, summary, reasoning

    var isThinking: Bool { self == .summary || self == .reasoning }

    func event(_ text: String) -> ChatEvent {
      switch self {
      case .text: .text(text)
      case .refusal: .refusal(text)
      case .summary, .reasoning: .reasoning(text)
      }
    }
  }

  private struct PartPlace: Sendable, Hashable {
    var kind: PartKind
    var index: Int
  }

  private struct Place: Sendable, Equatable {
    var item: Int
    var part: PartPlace
  }

  // MARK: Events

  mutating func read(
    _ event: OpenAIResponsesEvent, replyID: String?, into events: inout [ChatEvent]
  ) throws(WireError) {
    switch event.type {
    case "response.output_text.delta": try addDelta(event, .text, into: &events)
    case "response.refusal.delta": try addDelta(event, .refusal, into: &events)
    case "response.reasoning_summary_text.delta": try addDelta(event, .summary, into: &events)
    case "response.reasoning_text.delta": try addDelta(event, .reasoning, into: &events)
    case "response.output_text.done": try addWhole(event.whole, event, .text, into: &events)
    case "response.refusal.done": try addWhole(event.whole, event, .refusal, into: &events)
    case "response.reasoning_summary_text.done": try addWhole(event.whole, event, .summary, into: &events)
    case "response.reasoning_text.done": try addWhole(event.whole, event, .reasoning, into: &events)
    case "response.function_call_arguments.delta", "response.custom_tool_call_input.delta":
      addArguments(event.delta, event, isWhole: false, into: &events)
    case "response.function_call_arguments.done", "response.custom_tool_call_input.done":
      addArguments(event.whole, event, isWhole: true, into: &events)
    case "response.content_part.done": try endPart(event, into: &events)
    case "response.output_item.added":
      guard let item = try event.parsedItem() else { return }
      try start(item, index(of: event, item), replyID, into: &events)
    case "response.output_item.done":
      guard let item = try event.parsedItem() else { return }
      try end(item, index(of: event, item), replyID, into: &events)
    default: break  // the progress of tools the provider runs, and events of a later version
    }
  }

  /// The answer is told again at its end: of use only when nothing was told before.
  mutating func finish(_ response: JSON, replyID: String?, into events: inout [ChatEvent]) throws(WireError) {
    guard items.isEmpty else { return }
    for (index, item) in (response["output"]?.array ?? []).enumerated() {
      try end(item, index, replyID, into: &events)
    }
  }

  /// The number of the item an event belongs to; where it says neither that nor the item's id, the last one's.
  private func index(of event: OpenAIResponsesEvent) -> Int {
    event.outputIndex ?? index(ofID: Self.key(event.itemID)) ?? items.keys.max() ?? 0
  }

  private func index(of event: OpenAIResponsesEvent, _ item: JSON) -> Int {
    event.outputIndex ?? index(ofID: Self.key(item.id.utf8)) ?? items.count
  }

  private func index(ofID id: [UInt8]) -> Int? {
    id.isEmpty ? nil : items.first { $0.value.id == id }?.key
  }

  /// As much of an id as tells it from others.
  private static func key(_ id: some Sequence<UInt8>) -> [UInt8] { Array(id.prefix(128)) }

  // MARK: Text

  private mutating func addDelta(
    _ event: OpenAIResponsesEvent, _ kind: PartKind, into events: inout [ChatEvent]
  ) throws(WireError) {
    if let delta = event.delta, !delta.isEmpty {
      let place = Place(item: index(of: event), part: PartPlace(kind: kind, index: event.partIndex))
      try tell(delta, at: place, into: &events)
    }
    guard let bytes = event.logprobs, !bytes.equals("[]") else { return }
    let logprobs = OpenAIResponsesLogprobs.decode(try JSON.parse(bytes))
    if !logprobs.isEmpty { events.append(.logprobs(logprobs)) }
  }

  /// Tells the text of a part unless its pieces were told.
  private mutating func addWhole(
    _ text: String?, _ event: OpenAIResponsesEvent, _ kind: PartKind, into events: inout [ChatEvent]
  ) throws(WireError) {
    try addWhole(
      text, Place(item: index(of: event), part: PartPlace(kind: kind, index: event.partIndex)), into: &events)
  }

  private mutating func addWhole(_ text: String?, _ place: Place, into events: inout [ChatEvent]) throws(WireError) {
    guard let text, !text.isEmpty, items[place.item]?.toldParts.contains(place.part) != true else { return }
    try tell(text, at: place, into: &events)
  }

  private mutating func tell(_ text: String, at place: Place, into events: inout [ChatEvent]) throws(WireError) {
    let isNew = try open(place, into: &events)
    events.append(place.part.kind.event(text))
    if isNew { tellMembers(of: place, into: &events) }
  }

  /// What an item says of itself stands with its first part; and thinking that is no summary says so.
  private mutating func tellMembers(of place: Place, into events: inout [ChatEvent]) {
    let members = items[place.item]?.members ?? JSONObject()
    var extras = JSONObject()
    if place.part.kind.isThinking {
      if place.part.kind == .reasoning { extras["type"] = .string(OpenAIResponsesItem.reasoningTextType) }
      extras.members += members.members
    } else if items[place.item]?.members != nil, !members.isEmpty || isInMessage {
      extras[OpenAIResponsesItem.messageExtra] = .object(members)
    }
    items[place.item]?.members = nil
    isInMessage = !place.part.kind.isThinking
    if !extras.isEmpty { events.append(.partExtras(extras)) }
  }

  /// Whether the part begins.
  private mutating func open(_ place: Place, into events: inout [ChatEvent]) throws(WireError) -> Bool {
    try makeItem(place.item)
    let serial = items[place.item]?.serial ?? 0
    guard lastPlace?.item != serial || lastPlace?.part != place.part else { return false }
    let isNew = items[place.item]?.toldParts.insert(place.part).inserted == true
    if isNew { try countPart() }
    if let last = lastPlace?.part.kind, last == place.part.kind || (last.isThinking && place.part.kind.isThinking) {
      events.append(.textPartStarted)
    }
    lastPlace = Place(item: serial, part: place.part)
    return isNew
  }

  private mutating func countPart() throws(WireError) {
    partCount += 1
    guard partCount <= Self.mostParts else { throw WireError(offset: 0, "more than \(Self.mostParts) parts") }
  }

  private mutating func endPart(_ event: OpenAIResponsesEvent, into events: inout [ChatEvent]) throws(WireError) {
    guard let bytes = event.part else { return }
    try end(try JSON.parse(bytes), at: event.partIndex, of: index(of: event), into: &events)
  }

  /// A part of a message, whole: its text if that was not told, and where it is from.
  private mutating func end(
    _ part: JSON, at index: Int, of item: Int, into events: inout [ChatEvent]
  ) throws(WireError) {
    let kind: PartKind
    switch part["type"]?.string {
    case "output_text": kind = .text
    case "refusal": kind = .refusal
    case "reasoning_text": kind = .reasoning
    default: return
    }
    let place = Place(item: item, part: PartPlace(kind: kind, index: index))
    try addWhole(part["text"]?.string ?? part["refusal"]?.string, place, into: &events)
    let extras = part.object?.rest(besides: ["type", "text", "refusal", "logprobs"]) ?? JSONObject()
    guard !extras.isEmpty, kind != .reasoning else { return }
    try makeItem(item)
    guard items[item]?.toldExtras.insert(index).inserted == true else { return }
    // It is said of the part told last, even if that is empty.
    if items[item]?.toldParts.contains(place.part) != true { try tell("", at: place, into: &events) }
    events.append(.partExtras(extras))
  }

  private mutating func tell(_ event: ChatEvent, _ events: inout [ChatEvent]) {
    events.append(event)
    lastPlace = nil
    isInMessage = false
  }

  // MARK: Items

  private mutating func makeItem(_ index: Int) throws(WireError) {
    guard items[index] == nil else { return }
    guard itemCount < Self.mostItems else { throw WireError(offset: 0, "more than \(Self.mostItems) items") }
    items[index] = Item(id: [], serial: itemCount)
    itemCount += 1
  }

  /// Some servers give every item the same number: one that begins under another id is another item.
  private mutating func start(
    _ item: JSON, _ index: Int, _ replyID: String?, into events: inout [ChatEvent]
  ) throws(WireError) {
    let json = OpenAIResponsesItem.answer(item)
    let id = Self.key(json.id.utf8)
    if let item = items[index], !item.id.isEmpty, item.id != id { items[index] = nil }
    try makeItem(index)
    items[index]?.id = id
    if !json.isCall { items[index]?.members = json.object.map(OpenAIResponsesItem.members) }
    startCall(json, index, replyID, into: &events)
  }

  private mutating func startCall(_ json: JSON, _ index: Int, _ replyID: String?, into events: inout [ChatEvent]) {
    guard json.isCall, items[index]?.call == nil, let object = json.object else { return }
    let made = OpenAIChat.madeCallID(replyID, callCount)
    let part = OpenAIResponsesItem.call(object, orID: made)
    guard case .toolCall(let call) = part.kind else { return }
    tell(.toolCallStarted(index: callCount, id: call.id, name: call.name, kind: call.kind), &events)
    if !part.extras.isEmpty { events.append(.partExtras(part.extras)) }
    items[index]?.call = callCount
    callCount += 1
  }

  /// An item, whole: what was not told of it is told now.
  private mutating func end(
    _ item: JSON, _ index: Int, _ replyID: String?, into events: inout [ChatEvent]
  ) throws(WireError) {
    let json = OpenAIResponsesItem.answer(item)
    // Others change the id of an item before its end: only one that ended already is another.
    if let item = items[index], !item.isDone {
      startCall(json, index, replyID, into: &events)
    } else {
      try start(json, index, replyID, into: &events)
    }
    guard items[index]?.isDone == false else { return }
    items[index]?.isDone = true
    switch json["type"]?.string {
    case "message":
      for (place, part) in (json["content"]?.array ?? []).enumerated() {
        try end(part, at: place, of: index, into: &events)
      }
      // Its beginning was not told: what it says of itself comes last.
      if items[index]?.id.isEmpty == true, let object = json.object, isInMessage {
        let members = OpenAIResponsesItem.members(of: object)
        if !members.isEmpty { events.append(.partExtras([OpenAIResponsesItem.messageExtra: .object(members)])) }
      }
    case "reasoning": try endReasoning(json, index, into: &events)
    case "function_call", "custom_tool_call":
      addArguments(json["arguments"]?.string ?? json["input"]?.string, to: index, isWhole: true, into: &events)
    default: if let object = json.object { tell(.part(OpenAIResponsesItem.whole(object)), &events) }
    }
  }

  private mutating func endReasoning(_ json: JSON, _ index: Int, into events: inout [ChatEvent]) throws(WireError) {
    for (list, kind) in [("summary", PartKind.summary), ("content", .reasoning)] {
      for (place, entry) in (json[list]?.array ?? []).enumerated() {
        try addWhole(
          entry["text"]?.string, Place(item: index, part: PartPlace(kind: kind, index: place)), into: &events)
      }
    }
    // Only now: what `output_item.added` holds may be incomplete.
    guard let text = json["encrypted_content"]?.string, !text.isEmpty else {
      return try tellEmptyThinking(index, into: &events)
    }
    let seal = Seal(carried: text, in: .openAI)
    let endsText = lastPlace?.part.kind.isThinking == true && lastPlace?.item == items[index]?.serial
    tell(endsText ? .reasoningSignature(seal) : .encryptedReasoning(seal), &events)
    guard let members = items[index]?.members, !members.isEmpty else { return }
    items[index]?.members = nil
    events.append(.partExtras(members))
  }

  /// Thinking that is not shown at all has an id, by which the provider knows it.
  private mutating func tellEmptyThinking(_ index: Int, into events: inout [ChatEvent]) throws(WireError) {
    guard items[index]?.members?.isEmpty == false else { return }
    try tell("", at: Place(item: index, part: PartPlace(kind: .summary, index: 0)), into: &events)
  }

  // MARK: Arguments

  private mutating func addArguments(
    _ text: String?, _ event: OpenAIResponsesEvent, isWhole: Bool, into events: inout [ChatEvent]
  ) {
    addArguments(text, to: index(of: event), isWhole: isWhole, into: &events)
  }

  /// Pieces of a call that has not begun are left to the item that follows whole.
  private mutating func addArguments(
    _ text: String?, to index: Int, isWhole: Bool, into events: inout [ChatEvent]
  ) {
    guard let item = items[index], let call = item.call, let text, !text.isEmpty else { return }
    guard !isWhole || !item.hasArguments else { return }
    items[index]?.hasArguments = true
    tell(.toolArguments(index: call, text), &events)
  }
}

extension JSON {
  fileprivate var id: String { self["id"]?.string ?? "" }

  fileprivate var isCall: Bool { self["type"] == "function_call" || self["type"] == "custom_tool_call" }
}
