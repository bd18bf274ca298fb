// Prompts from a file or a pipe: lines of text, or JSON objects, one a line.

import Wire

/// A line that cannot be asked.
package struct PromptFileFailure: Error, Sendable, Equatable {
  /// Counted from 1; `nil` when it is about the whole.
  package var line: Int?
  package var problem: String
  package var advice: String?
}

extension PromptList {
  /// Prompts that are held in memory.
  package static let mostPrompts = 100_000

  /// Reads the bytes of a file; empty lines are left out.
  ///
  /// When the first thing in it is `{`, every line is an object: `{"prompt": "..."}`, or `{"messages": [...]}` as Chat
  /// Completions has them, each with `max_tokens` where a limit is wanted.
  package static func reading(_ bytes: [UInt8], name: String) throws(PromptFileFailure) -> PromptList {
    guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
      throw PromptFileFailure(problem: "it is not UTF-8 text", advice: "Give it lines of text or of JSON.")
    }
    let hasObjects = bytes.first { !isSpace($0) } == UInt8(ascii: "{")
    var prompts: [BenchPrompt] = []
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      guard line.contains(where: { !isSpace($0) }) else { continue }
      guard prompts.count < mostPrompts else {
        throw PromptFileFailure(line: index + 1, problem: "more than \(mostPrompts) prompts", advice: "Give it fewer.")
      }
      let text = line.last == 0x0D ? line.dropLast() : line
      prompts.append(
        hasObjects ? try prompt(text, line: index + 1) : BenchPrompt(String(decoding: text, as: UTF8.self)))
    }
    guard !prompts.isEmpty else {
      throw PromptFileFailure(problem: "it holds no prompt", advice: "Give it a line for each.")
    }
    return PromptList(prompts, summary: "\(prompts.count) prompts of \(name)")
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

  private static func prompt(_ bytes: ArraySlice<UInt8>, line: Int) throws(PromptFileFailure) -> BenchPrompt {
    do throws(WireError) {
      guard let object = try JSON.parse(bytes).object else { throw WireError(offset: 0, "a JSON object expected") }
      let most = object["max_tokens"]?.int
      if let prompt = object["prompt"]?.string { return BenchPrompt(prompt, maxOutputTokens: most) }
      guard object["messages"] != nil else {
        throw WireError(offset: 0, "neither 'prompt' nor 'messages' is in it")
      }
      // Which model is asked is not for a prompt to say.
      let request = try OpenAIChat.decodeRequest(Array(bytes), at: RequestAddress(model: "any")).request
      guard !request.messages.isEmpty else { throw WireError(offset: 0, "'messages' is empty") }
      return BenchPrompt(request.messages, maxOutputTokens: most ?? request.maxOutputTokens)
    } catch {
      throw PromptFileFailure(line: line, problem: error.problem)
    }
  }
}
