// A rough count of tokens for when no provider gave one. Always marked as an estimate wherever it ends up.
package import Wire

/// Estimates tokens from characters.
///
/// Off by a fifth for English prose, by more for code, other scripts and media. About four ASCII characters, two letters of another alphabet, one CJK character or half an emoji make a token: the
/// order of magnitude of today's byte-pair vocabularies. No vocabulary is embedded; each model has another one.
package enum TokenEstimate {
  /// Tokens of a text; 0 only when it is empty.
  package static func of(_ text: String) -> Int { quarters(text).tokens }

  /// Tokens a request sends: its messages with their framing, tools and schema.
  package static func input(of request: ChatRequest) -> Int {
    var sum = 0
    for message in request.messages {
      sum += perMessage + message.content.reduce(0) { $0 + quarters(of: $1).tokens }
    }
    for tool in request.tools {
      sum += perMessage + quarters(tool.name).tokens + quarters(tool.description ?? "").tokens
      sum += quarters(tool.parameters).tokens + quarters(tool.vendorDefinition).tokens
    }
    if case .jsonSchema(_, let schema, _) = request.output { sum += quarters(schema).tokens }
    return sum
  }

  /// Role, separators and the like.
  private static let perMessage = 4
  /// An image of middling size at full detail.
  private static let perImage = Quarters(4_000)

  private static func quarters(of part: ContentPart) -> Quarters {
    switch part.kind {
    case .text(let text), .refusal(let text): quarters(text)
    case .image: perImage
    case .document(let media): quarters(media, bytesPerToken: 30)
    case .audio(let media): quarters(media, bytesPerToken: 500)
    case .reasoning(let block): quarters(block.text)
    case .toolCall(let call): quarters(call.name + call.arguments)
    case .toolResult(let result): resultQuarters(result)
    case .other(_, let json): quarters(json)
    }
  }

  /// A result holds text and media; another result inside it is counted as nothing rather than followed down.
  private static func resultQuarters(_ result: ToolResult) -> Quarters {
    result.content.reduce(into: Quarters(0)) { sum, part in
      if case .toolResult = part.kind { return }
      sum.add(quarters(of: part))
    }
  }

  private static func quarters(_ media: Media, bytesPerToken: Int) -> Quarters {
    switch media.source {
    case .base64(let text): Quarters(text.utf8.count * 4 / bytesPerToken)
    case .text(let text): quarters(text)
    case .url, .fileID: perImage
    }
  }

  private static func quarters(_ text: String) -> Quarters {
    var text = text
    return text.withUTF8 { bytes in
      var sum = 0
      for byte in bytes { sum += quarters(of: byte) }
      return Quarters(sum)
    }
  }

  /// Without jumps, so that a processor does many at once: whole prompts are counted.
  private static func quarters(of byte: UInt8) -> Int {
    // 10xxxxxx goes on with a character that was counted.
    byte < 0x80 ? 1 : byte < 0xc0 ? 0 : byte < 0xe0 ? 2 : byte < 0xf0 ? 4 : 8
  }

  /// Counts the texts and names in a value; a stack of our own, since the depth is not ours.
  private static func quarters(_ json: JSON?) -> Quarters {
    var sum = Quarters(0)
    var pending = json.map { [$0] } ?? []
    while let value = pending.popLast() {
      switch value {
      case .null, .bool, .number: sum.add(Quarters(4))
      case .string(let text): sum.add(quarters(text))
      case .raw(let bytes): sum.add(Quarters(bytes.count))
      case .array(let elements): pending += elements
      case .object(let object):
        for member in object.members {
          sum.add(quarters(member.name))
          pending.append(member.value)
        }
      }
    }
    return sum
  }
}

/// Quarters of a token, so that short pieces do not round up one by one.
private struct Quarters {
  private var count: Int
  init(_ count: Int) { self.count = count }
  mutating func add(_ other: Quarters) { count += other.count }
  var tokens: Int { (count + 3) / 4 }
}
