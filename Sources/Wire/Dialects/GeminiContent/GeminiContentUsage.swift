// The usage object, made comparable: what tools put into the prompt was read too, and thoughts were written.

enum GeminiContentUsage {
  static func decode(_ json: JSON) -> Usage? {
    guard let object = json.object else { return nil }
    let read = count(object["promptTokenCount"])
    let written = count(object["candidatesTokenCount"])
    var usage = Usage()
    usage.reasoning = count(object["thoughtsTokenCount"])
    usage.input = sum(read, count(object["toolUsePromptTokenCount"]))
    usage.output = sum(written, usage.reasoning)
    usage.cacheRead = count(object["cachedContentTokenCount"])
    let inputs = [object["promptTokensDetails"], object["toolUsePromptTokensDetails"]]
    usage.audioInput = tokens("AUDIO", in: inputs)
    usage.imageInput = tokens("IMAGE", in: inputs)
    usage.audioOutput = tokens("AUDIO", in: [object["candidatesTokensDetails"]])
    usage.imageOutput = tokens("IMAGE", in: [object["candidatesTokensDetails"]])
    usage.serviceTier = object["serviceTier"]?.string ?? tier(ofTraffic: object["trafficType"]?.string)
    usage.raw = json
    return usage
  }

  /// As Google writes it; an object of its own is written as it came.
  static func encode(_ usage: Usage) -> JSONObject {
    var object = usage.raw?.object ?? JSONObject()
    if object["totalTokenCount"] == nil { object = made(of: usage) }
    object["cost"] = usage.reportedCost.map { .number(JSONNumber($0, places: 12)) }
    return object
  }

  private static func made(of usage: Usage) -> JSONObject {
    func number(_ count: Int?) -> JSON? { count.map { .number(JSONNumber($0)) } }
    var object = JSONObject()
    object["promptTokenCount"] = number(usage.input)
    object["candidatesTokenCount"] = number(usage.output.map { max($0 - (usage.reasoning ?? 0), 0) })
    object["totalTokenCount"] = number(sum(usage.input, usage.output))
    object["cachedContentTokenCount"] = number(usage.cacheRead)
    object["thoughtsTokenCount"] = number(usage.reasoning)
    object["promptTokensDetails"] = details(audio: usage.audioInput, image: usage.imageInput)
    object["candidatesTokensDetails"] = details(audio: usage.audioOutput, image: usage.imageOutput)
    object["serviceTier"] = usage.serviceTier.map { .string($0) }
    return object
  }

  private static func details(audio: Int?, image: Int?) -> JSON? {
    let counts = [("AUDIO", audio), ("IMAGE", image)].compactMap { name, count in count.map { (name, $0) } }
    guard !counts.isEmpty else { return nil }
    return .array(counts.map { ["modality": .string($0), "tokenCount": .number(JSONNumber($1))] })
  }

  private static func count(_ json: JSON?) -> Int? { AnthropicMessagesUsage.count(json) }

  /// Unknown only when both are.
  private static func sum(_ left: Int?, _ right: Int?) -> Int? {
    left == nil && right == nil ? nil : AnthropicMessagesUsage.clampedSum(left ?? 0, right ?? 0)
  }

  private static func tokens(_ modality: String, in details: [JSON?]) -> Int? {
    let entries = details.flatMap { $0?.array ?? [] }.filter { $0["modality"]?.string == modality }
    return entries.reduce(nil) { sum($0, count($1["tokenCount"])) }
  }

  /// `ON_DEMAND_FLEX` is `flex`.
  private static func tier(ofTraffic type: String?) -> String? {
    let mark = "ON_DEMAND_"
    guard let type, type.hasPrefix(mark) else { return nil }
    return type.dropFirst(mark.count).lowercased()
  }
}
