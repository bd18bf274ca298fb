// What a dialect makes of an answer, in the words in which fixtures and recordings state what they expect.

import Wire

struct Observed: Equatable {
  struct Call: Equatable {
    var id: String
    var name: String
    /// Parsed; `nil` when they are not JSON.
    var arguments: JSON?
  }

  var text = ""
  var reasoning = ""
  var toolCalls: [Call] = []
  var finish: Finish.Reason?
  var usage: Usage?
  var failure: ProviderFailure?
  var isComplete = false
}

extension Dialect {
  /// What is told of a stream that comes in these pieces.
  static func events(of pieces: [[UInt8]], quirks: Quirks = Quirks()) throws(WireError) -> [ChatEvent] {
    var decoder = makeStreamDecoder(quirks: quirks)
    var events: [ChatEvent] = []
    for piece in pieces { try decoder.decode(piece, into: &events) }
    try decoder.finish(into: &events)
    return events
  }

  /// The same of server-sent events, of which only the data are given.
  static func events(ofData data: [String]) throws(WireError) -> [ChatEvent] {
    try events(of: data.map { Array("data: \($0)\n\n".utf8) })
  }

  /// Decodes an answer: a stream in pieces of `chunkSize`, a whole reply, or an error.
  static func observe(
    status: Int, isStream: Bool, body: [UInt8], quirks: Quirks, chunkSize: Int?
  ) throws(WireError) -> Observed {
    let pieces = isStream ? body.chunks(of: chunkSize) : [body]
    return try observe(status: status, isStream: isStream, pieces: pieces, quirks: quirks)
  }

  /// Decodes an answer that comes in these pieces.
  static func observe(
    status: Int, isStream: Bool, pieces: [[UInt8]], quirks: Quirks
  ) throws(WireError) -> Observed {
    let body = isStream && status < 400 ? [] : Array(pieces.joined())
    guard status < 400 else {
      var observed = Observed()
      observed.failure = decodeFailure(status: status, body: body)
      return observed
    }
    guard isStream else {
      let reply = try decodeReply(body, quirks: quirks)
      return Observed(reply, failure: nil, isComplete: true)
    }
    var decoder = makeStreamDecoder(quirks: quirks)
    var builder = ChatReplyBuilder()
    for chunk in pieces {
      var events: [ChatEvent] = []
      try decoder.decode(chunk, into: &events)
      for event in events { try builder.add(event) }
    }
    var events: [ChatEvent] = []
    try decoder.finish(into: &events)
    for event in events { try builder.add(event) }
    return Observed(builder.reply, failure: builder.failure, isComplete: decoder.isComplete)
  }
}

extension ChatReply {
  /// What the builder makes of these events.
  init(telling events: [ChatEvent]) throws(WireError) {
    var builder = ChatReplyBuilder()
    for event in events { try builder.add(event) }
    self = builder.reply
  }
}

extension Observed {
  init(_ reply: ChatReply, failure: ProviderFailure?, isComplete: Bool) {
    text = reply.text
    reasoning = reply.reasoningText
    toolCalls = reply.toolCalls.map { call in
      Call(id: call.id, name: call.name, arguments: try? JSON.parse(call.arguments))  // a model may write anything
    }
    finish = reply.finish?.reason
    usage = reply.usage
    self.failure = failure
    self.isComplete = isComplete
  }
}
