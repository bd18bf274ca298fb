// One quirk as data has it: a name and a value that must be of the right kind.

struct QuirkValue {
  let name: String
  let json: JSON

  func error(_ problem: String) -> WireError { WireError(offset: 0, "quirk `\(name)` \(problem)") }

  func flag() throws(WireError) -> Bool {
    guard let flag = json.bool else { throw error("must be true or false") }
    return flag
  }

  func word() throws(WireError) -> String {
    guard let word = json.string, !word.isEmpty else { throw error("must be a text") }
    return word
  }

  func word(of allowed: Set<String>) throws(WireError) -> String {
    let word = try word()
    guard allowed.contains(word) else { throw error("must be one of \(allowed.sorted()), not `\(word)`") }
    return word
  }

  func words() throws(WireError) -> [String] {
    guard let array = json.array else { throw error("must be a list of texts") }
    let words = array.compactMap(\.string)
    guard words.count == array.count else { throw error("must be a list of texts") }
    return words
  }

  func words(of allowed: Set<String>) throws(WireError) -> [String] {
    let words = try words()
    guard allowed.isSuperset(of: words) else { throw error("may only list \(allowed.sorted())") }
    return words
  }

  func groups() throws(WireError) -> [[String]] {
    guard let array = json.array else { throw error("must be a list of lists") }
    var groups: [[String]] = []
    for element in array { groups.append(try QuirkValue(name: name, json: element).words()) }
    return groups
  }

  func texts() throws(WireError) -> [String: String] {
    guard let object = json.object else { throw error("must be an object of texts") }
    var texts: [String: String] = [:]
    for member in object.members { texts[member.name] = try QuirkValue(name: name, json: member.value).word() }
    return texts
  }

  /// A number, or a text that spells one: data keeps fractions as text.
  func number() throws(WireError) -> JSONNumber {
    guard let number = json.number ?? json.string.flatMap({ JSONNumber(checking: $0) }) else {
      throw error("must be a number")
    }
    return number
  }

  func wholeNumber() throws(WireError) -> Int {
    guard let number = json.int else { throw error("must be a whole number") }
    return number
  }

  /// How many zeros a power of ten has.
  func powerOfTen() throws(WireError) -> Int {
    let text = String(try wholeNumber())
    guard text.first == "1", text.dropFirst().allSatisfy({ $0 == "0" }) else { throw error("must be a power of ten") }
    return text.count - 1
  }

  func pathInUsage() throws(WireError) -> String {
    let path = try word()
    let prefix = "usage."
    guard path.hasPrefix(prefix), path.count > prefix.count else { throw error("must begin with `usage.`") }
    return String(path.dropFirst(prefix.count))
  }

  func scope() throws(WireError) -> Quirks.Scope {
    if let flag = json.bool { return flag ? .all : .none }
    switch try word() {
    case "reasoning-models", "thinking-models": return .reasoningModels
    case "text-models": return .modelsWithoutVision
    case "models-without-json-schema": return .modelsWithoutSchema
    case "m2-family": return .named("m2")
    case "bedrock-backed-endpoints": return .named("claude")  // whose endpoints carry the model's name
    case let word: throw error("concerns no known models: `\(word)`")
    }
  }

  func reasoningControl() throws(WireError) -> Quirks.ReasoningControl {
    switch try word() {
    case "thinking", "thinking.type": return .thinkingType
    case "reasoning.effort|reasoning.max_tokens": return .reasoningObject
    // The last two are of other dialects, beside which an effort word is what an OpenAI-like layer takes.
    case "reasoning_effort", "thinking.token_budget", "thinkingConfig": return .effort
    case let word: throw error("is no known control: `\(word)`")
    }
  }

  func reasoningEcho() throws(WireError) -> Quirks.ReasoningEcho {
    switch try word() {
    case "signed-thinking-blocks": return .signedBlocks
    case "whole-assistant-message": return .wholeMessage
    case let field: return .field(field)
    }
  }
}
