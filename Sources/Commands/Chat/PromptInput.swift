// What is asked: the words of the command line, standard input, attachments and options, as one request.

import CommandLineKit
import GatewayCore
import Wire

/// The most text that is read from standard input.
private let longestStdin = 64 << 20

extension Invocation {
  /// The request that `options` ask for, of no model yet.
  func chatRequest(_ options: ChatOptions, fragments: Fragments) throws -> ChatRequest {
    let parts = try options.attachments.map { try attachment($0) }
    let typed = try promptText(options)
    let text = fragments.text + (options.promptTemplate?.filled(with: typed) ?? typed)
    guard !text.isEmpty || !parts.isEmpty else {
      throw CommandFailure(
        .usage, "chat: there is no prompt",
        advice: "Write one: llmgw chat \"a question\", or pipe one in. See llmgw chat --help.")
    }
    return try chatRequest(options, asking: parts + (text.isEmpty ? [] : [ContentPart(.text(text))]))
  }

  /// The request that asks `content` with everything else that `options` say, of no model yet.
  func chatRequest(_ options: ChatOptions, asking content: [ContentPart]) throws -> ChatRequest {
    var request = ChatRequest(
      model: "", messages: (options.system.map { [Message(.system, $0)] } ?? []) + [Message(.user, content)])
    for option in options.modelOptions { try request.apply(option: option) }
    if let typed = options.schema {
      request.output = .jsonSchema(name: "answer", schema: try answerSchema(typed: typed), strict: true)
    }
    request.streams = !options.waitsForWhole
    return request
  }

  /// The prompt and standard input, the prompt first, with an empty line between them.
  private func promptText(_ options: ChatOptions) throws -> String {
    let words = options.words.joined(separator: " ")
    let isAttached = (options.attachments + options.fragments).contains("-")
    guard !terminal.stdinIsTerminal, !options.ignoresStdin, !isAttached else { return words }
    let piped = try textFromStdin()
    if words.isEmpty || piped.isEmpty { return words + piped }
    return options.stdinFirst ? "\(piped)\n\n\(words)" : "\(words)\n\n\(piped)"
  }

  /// Standard input as text, without the line end it closes with.
  func textFromStdin() throws -> String {
    let bytes: [UInt8]
    do {
      bytes = try readStdin(longestStdin)
    } catch {
      throw CommandFailure(.general, "standard input: \(error.why)")
    }
    let isBinary = bytes.contains(0)
    guard !isBinary, let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure(
        .usage, "standard input: it is not UTF-8 text",
        advice: "Attach an image, PDF or sound with -a -, or use --no-stdin.")
    }
    let end = text.reversed().prefix { $0.isNewline }.count
    return String(text.dropLast(end))
  }
}
