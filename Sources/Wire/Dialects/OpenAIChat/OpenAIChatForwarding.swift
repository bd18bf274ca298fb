// A request and a stream that pass through between a client and a provider that both speak this format.

extension OpenAIChat {
  public static var tellsUsageApart: Bool { true }

  public static func forward(
    _ body: [UInt8], model: String, quirks: Quirks
  ) throws(WireError) -> EncodedRequest {
    var members: [(name: String, value: JSON?)] = [("model", .string(model))]
    var changes: [Change] = []
    let (streams, options) = try streaming(in: body)
    let isRefused = quirks.noStreamOptions.covers(model, ModelTraits())
    if streams, !quirks.alwaysStreamsUsage, !isRefused, options?["include_usage"] != true {
      var options = options ?? JSONObject()
      options["include_usage"] = true
      members.append(("stream_options", .object(options)))
      changes.append(Change("stream_options.include_usage", .added, "the call is booked by what it used"))
    }
    return EncodedRequest(body: try JSON.splicing(members, into: body), changes: changes)
  }

  public static func adding(cost: Int64, toUsageEvent frame: ArraySlice<UInt8>) -> [UInt8] {
    var decoder = ServerSentEventDecoder()
    var events: [ServerSentEvent] = []
    try? decoder.decode(Array(frame), into: &events)
    guard let data = events.first?.data, var chunk = (try? JSON.parse(Array(data)))?.object,
      var usage = chunk["usage"]?.object, usage["cost"] == nil
    else { return Array(frame) }
    usage["cost"] = .number(JSONNumber(cost, places: 12))
    chunk["usage"] = .object(usage)
    var bytes: [UInt8] = []
    ServerSentEventEncoder.append(data: JSON.object(chunk).bytes, to: &bytes)
    return bytes
  }

  private static func streaming(in body: [UInt8]) throws(WireError) -> (streams: Bool, options: JSONObject?) {
    var scanner = try JSONScanner(body[...])
    var streams = false
    var options: JSONObject?
    try scanner.enterObject()
    while let name = try scanner.nextMember() {
      switch name {
      case "stream": streams = try scanner.bool() ?? false
      case "stream_options": options = try scanner.value().object
      default: break
      }
    }
    return (streams, options)
  }

  /// A chunk is a piece of text and no more unless it has a finish reason, usage or an error.
  ///
  /// Only the bytes around colons are looked at.
  public static func isTelling(_ frame: ArraySlice<UInt8>) -> Bool {
    let bytes = frame.span
    var index = bytes.firstIndex(of: ASCII.colon, from: 0) + 1
    var first = index
    while first < bytes.count, bytes[first] == ASCII.space { first += 1 }
    // `[DONE]`, an `event:` line, a comment.
    guard first < bytes.count, bytes[first] == ASCII.openBrace else { return true }
    while true {
      let colon = bytes.firstIndex(of: ASCII.colon, from: index)
      guard colon < bytes.count else { return false }
      index = colon + 1
      var next = index
      while next < bytes.count, bytes[next] == ASCII.space { next += 1 }
      guard next < bytes.count else { return true }
      switch bytes[next] {
      case ASCII.openBrace: if bytes.ends("\"usage\"", at: colon) || bytes.ends("\"error\"", at: colon) { return true }
      case ASCII.quote:
        if bytes.ends("\"finish_reason\"", at: colon) || bytes.ends("\"error\"", at: colon) { return true }
      default: break
      }
    }
  }
}

extension Span<UInt8> {
  /// Whether `text` stands right before `end`.
  func ends(_ text: StaticString, at end: Int) -> Bool {
    let start = end - text.utf8CodeUnitCount
    guard start >= 0 else { return false }
    return text.withUTF8Buffer { buffer in
      for (offset, byte) in buffer.enumerated() where self[start + offset] != byte { return false }
      return true
    }
  }
}
