// The usage object: the members providers use, made comparable, and the cost where it is stated.

enum OpenAIChatUsage {
  /// How a provider's usage object departs from OpenAI's: the quirks that a stream has to keep until its end.
  struct Form: Sendable {
    let cachedTokensField: String?
    let inputExcludesCache: Bool
    let outputExcludesReasoning: Bool
    let costField: String?
    let costDecimals: Int

    init(_ quirks: Quirks) {
      cachedTokensField = quirks.cachedTokensField
      inputExcludesCache = quirks.inputExcludesCache
      outputExcludesReasoning = quirks.outputExcludesReasoning
      costField = quirks.costField
      costDecimals = quirks.costDecimals
    }
  }

  /// Reads a usage object; what it does not say stays unknown.
  static func decode(_ json: JSON, serviceTier: String?, quirks: Quirks) -> Usage? {
    decode(json, serviceTier: serviceTier, form: Form(quirks))
  }

  /// Reads a usage object; what it does not say stays unknown.
  static func decode(_ json: JSON, serviceTier: String?, form: Form) -> Usage? {
    guard let object = json.object else { return nil }
    let input = object["prompt_tokens_details"] ?? object["input_tokens_details"]
    let output = object["completion_tokens_details"] ?? object["output_tokens_details"]
    var usage = Usage(
      input: count(object["prompt_tokens"] ?? object["input_tokens"]),
      output: count(object["completion_tokens"] ?? object["output_tokens"]))
    usage.cacheRead = cacheRead(object, input, form)
    usage.cacheWrite =
      count(input?["cache_write_tokens"]) ?? count(input?["cache_creation_tokens"])
      ?? count(object["cache_creation_input_tokens"])
    usage.reasoning = count(output?["reasoning_tokens"]) ?? count(object["reasoning_tokens"])
    usage.audioInput = count(input?["audio_tokens"])
    usage.audioOutput = count(output?["audio_tokens"])
    usage.imageInput = count(input?["image_tokens"])
    usage.imageOutput = count(output?["image_tokens"])
    usage.searches =
      count(object["num_search_queries"]) ?? count(object["server_tool_use_details"]?["web_search_requests"])
    makeComparable(&usage, form)
    usage.reportedCost = cost(object, form)
    usage.serviceTier = serviceTier
    usage.raw = json
    return usage
  }

  /// As OpenAI writes it; what is not known is left out.
  static func encode(_ usage: Usage) -> JSONObject {
    var object = JSONObject()
    func set(_ name: String, _ count: Int?, in object: inout JSONObject) {
      object[name] = count.map { .number(JSONNumber($0)) }
    }
    set("prompt_tokens", usage.input ?? 0, in: &object)
    set("completion_tokens", usage.output ?? 0, in: &object)
    set("total_tokens", sum(usage.input ?? 0, usage.output ?? 0), in: &object)
    var input = JSONObject()
    set("cached_tokens", usage.cacheRead, in: &input)
    set("cache_write_tokens", usage.cacheWrite, in: &input)
    set("audio_tokens", usage.audioInput, in: &input)
    set("image_tokens", usage.imageInput, in: &input)
    if !input.isEmpty { object["prompt_tokens_details"] = .object(input) }
    var output = JSONObject()
    set("reasoning_tokens", usage.reasoning, in: &output)
    set("audio_tokens", usage.audioOutput, in: &output)
    set("image_tokens", usage.imageOutput, in: &output)
    if !output.isEmpty { object["completion_tokens_details"] = .object(output) }
    object["cost"] = usage.reportedCost.map { .number(JSONNumber($0, places: 12)) }
    return object
  }

  private static func cacheRead(_ object: JSONObject, _ details: JSON?, _ form: Form) -> Int? {
    if let field = form.cachedTokensField, let cached = count(object[field]) { return cached }
    return count(details?["cached_tokens"]) ?? count(object["cache_read_input_tokens"])
      ?? count(object["cached_tokens"]) ?? count(object["num_cached_tokens"])
  }

  private static func makeComparable(_ usage: inout Usage, _ form: Form) {
    if form.inputExcludesCache, let fresh = usage.input {
      usage.input = sum(fresh, sum(usage.cacheRead ?? 0, usage.cacheWrite ?? 0))
    }
    if form.outputExcludesReasoning, let visible = usage.output {
      usage.output = sum(visible, usage.reasoning ?? 0)
    }
  }

  private static func cost(_ object: JSONObject, _ form: Form) -> Int64? {
    guard let field = form.costField, let number = number(object[field]) else { return nil }
    guard let picodollars = number.scaled(byPowerOfTen: 12 - form.costDecimals)?.value else { return nil }
    return picodollars >= 0 ? picodollars : nil
  }

  /// A count, also one spelled as text; a negative one is no count.
  private static func count(_ json: JSON?) -> Int? {
    guard let count = number(json)?.int, count >= 0 else { return nil }
    return count
  }

  private static func number(_ json: JSON?) -> JSONNumber? {
    json?.number ?? json?.string.flatMap { JSONNumber(checking: $0) }
  }

  /// Stops at the largest number: a provider's nonsense must not end the program.
  private static func sum(_ left: Int, _ right: Int) -> Int {
    let (sum, overflows) = left.addingReportingOverflow(right)
    return overflows ? .max : sum
  }
}
