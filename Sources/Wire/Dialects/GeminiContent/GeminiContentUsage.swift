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
