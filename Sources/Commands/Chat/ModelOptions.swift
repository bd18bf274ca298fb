// `-o key=value`: the options of a model, in the words people know from the vendors' APIs.

package import CommandLineKit
package import Wire

extension ChatRequest {
  /// Sets one option; a name that is none of ours is passed on as it is, unless it is close to one.
  package mutating func apply(option: KeyedText) throws(UsageError) {
    let text = option.value
    switch option.key {
    case "temperature": sampling.temperature = try option.number()
    case "top_p": sampling.topP = try option.number()
    case "top_k": sampling.topK = try option.number()
    case "frequency_penalty": sampling.frequencyPenalty = try option.number()
    case "presence_penalty": sampling.presencePenalty = try option.number()
    case "seed": sampling.seed = try option.number()
    case "max_tokens", "max_output_tokens", "max_completion_tokens": maxOutputTokens = try option.count()
    case "stop": stop.append(text)
    case "reasoning_effort", "effort":
      reasoning = ReasoningRequest(effort: text, budgetTokens: reasoning?.budgetTokens)
    case "thinking_budget", "budget_tokens":
      reasoning = ReasoningRequest(effort: reasoning?.effort, budgetTokens: try option.count())
    case "service_tier": serviceTier = text
    case "user": user = text
    default: try pass(option)
    }
  }

  package static let optionNames = [
    "temperature", "top_p", "top_k", "frequency_penalty", "presence_penalty", "seed", "max_tokens", "stop",
    "reasoning_effort", "thinking_budget", "service_tier", "user",
  ]

  private mutating func pass(_ option: KeyedText) throws(UsageError) {
    if let advice = didYouMean(option.key, among: Self.optionNames) {
      throw UsageError("'-o \(option.key)' is no option of a model", advice: advice)
    }
    // JSON as JSON, anything else as a text: `-o logprobs=true`, `-o verbosity=low`.
    extras[option.key] = (try? JSON.parse(option.value)) ?? .string(option.value)
  }
}

extension KeyedText {
  fileprivate func number() throws(UsageError) -> JSONNumber {
    guard let number = JSONNumber(checking: value) else {
      throw UsageError("'-o \(key)=\(value)': not a number")
    }
    return number
  }

  fileprivate func count() throws(UsageError) -> Int {
    guard let count = Int(value), count > 0 else {
      throw UsageError("'-o \(key)=\(value)': not a whole number above zero")
    }
    return count
  }
}
