// What is asked, and where it comes from.

import GatewayCore
import Testing
import Wire

@testable import Benchmarking

private func text(_ request: ChatRequest) -> [String] {
  request.messages.map { "\($0.role): \($0.content.contentsText)" }
}

struct APromptFile {
  @Test(arguments: [
    ("one\ntwo\n", ["one", "two"]), ("one\r\n\n  \ntwo", ["one", "two"]),
    (#"{"prompt":"a\u2028b"}"# + "\n" + #"{"messages":[{"role":"user","content":"c"}]}"#, ["a\u{2028}b", "c"]),
    ("not {json}\n", ["not {json}"]), ("  {\"prompt\":\"x\"}\n\n", ["x"]),
  ])
  func `has a prompt in each line that is not empty`(_ bytes: String, _ prompts: [String]) throws {
    let list = try PromptList.reading(Array(bytes.utf8), name: "f")
    #expect((0..<list.count).map { list.prompt(forRound: $0).messages[0].content.contentsText } == prompts)
    #expect(list.prompt(forRound: prompts.count) == list.prompt(forRound: 0))
  }

  @Test func `may limit the answers`() throws {
    let list = try PromptList.reading(
      Array(#"{"prompt":"a","max_tokens":7}"#.utf8 + [10] + Array(#"{"prompt":"b"}"#.utf8)), name: "f")
    #expect([0, 1].map { list.prompt(forRound: $0).maxOutputTokens } == [7, nil])
  }

  @Test(
    arguments: [
      ("", nil, "it holds no prompt"), ("\n \r\n", nil, "it holds no prompt"), ("a\0b", nil, "it is not UTF-8 text"),
      ("{\"prompt\":\"a\"}\nb\n", 2, ""), ("{}", 1, "neither 'prompt' nor 'messages' is in it"),
      (#"{"messages":[]}"#, 1, "'messages' is empty"), (#"{"messages":[{"role":"x"}]}"#, 1, ""),
    ] as [(String, Int?, String)])
  func `that cannot be asked is refused with its line`(_ bytes: String, _ line: Int?, _ problem: String) {
    let result = Result { () throws(PromptFileFailure) in try PromptList.reading(Array(bytes.utf8), name: "f") }
    guard case .failure(let failure) = result else {
      Issue.record("it was read")
      return
    }
    #expect(failure.line == line && failure.problem.hasPrefix(problem) && !failure.problem.isEmpty)
  }
}

struct ARequestOfABenchmark {
  private var template: ChatRequest {
    var template = ChatRequest(model: "", messages: [Message(.system, "Be brief.")])
    template.streams = true
    return template
  }

  @Test func `has its mark before everything that a cache could know`() {
    let request = BenchPrompt("Hello").request(like: template, mark: "[1] ")
    #expect(text(request) == ["system: [1] Be brief.", "user: Hello"] && request.streams)
    #expect(text(BenchPrompt("Hello").request(like: template, mark: nil)) == ["system: Be brief.", "user: Hello"])
  }

  @Test func `has its mark behind what is shared on purpose`() {
    let prompt = BenchPrompt([Message(.user, "own")], shared: "common ")
    #expect(text(prompt.request(like: template, mark: "[1] ")) == ["system: Be brief.", "user: common [1] own"])
  }

  @Test func `is marked also when it begins with an image`() {
    let image = ContentPart(.image(Media(.url("https://example.com/a.png"), mediaType: nil)))
    let request = BenchPrompt([Message(.user, [image])]).request(
      like: ChatRequest(model: "", messages: []), mark: "[1] ")
    #expect(request.messages[0].content == [ContentPart(.text("[1] ")), image])
  }

  @Test(arguments: [(nil, 5, 5), (9, 5, 9), (9, nil, 9), (nil, nil, nil)] as [(Int?, Int?, Int?)])
  func `is limited by the option before the prompt`(_ option: Int?, _ prompt: Int?, _ limit: Int?) {
    var template = template
    template.maxOutputTokens = option
    #expect(BenchPrompt("a", maxOutputTokens: prompt).request(like: template, mark: nil).maxOutputTokens == limit)
  }
}

struct SyntheticPromptsOfALength {
  /// In words, all of them common: tokenizers make about one token of each.
  private func lengths(_ prompts: SyntheticPrompts, _ count: Int) -> [Int] {
    (0..<count).map { round in
      let prompt = prompts.prompt(forRound: round)
      return (prompt.shared + prompt.messages[0].content.contentsText).split { $0.isWhitespace }.count
    }
  }

  @Test(arguments: [(100, 0), (550, 150), (2_000, 300)])
  func `have about so many tokens, and vary as much`(_ mean: Int, _ deviation: Int) {
    let found = lengths(
      SyntheticPrompts(input: TokenLength(mean: mean, deviation: deviation), output: nil, seed: 4), 400
    ).map(Double.init)
    let average = found.reduce(0, +) / 400
    let spread = (found.reduce(0) { $0 + ($1 - average) * ($1 - average) } / 400).squareRoot()
    #expect(abs(average / Double(mean) - 1) < 0.05)
    #expect(abs(spread - Double(deviation)) < Double(mean) * 0.02)
  }

  @Test func `are the same for the same seed and round, and no others`() {
    let one = SyntheticPrompts(input: TokenLength(mean: 50), output: nil, seed: 4)
    let other = SyntheticPrompts(input: TokenLength(mean: 50), output: nil, seed: 5)
    #expect(one.prompt(forRound: 3) == one.prompt(forRound: 3))
    #expect(one.prompt(forRound: 3) != one.prompt(forRound: 4))
    #expect(one.prompt(forRound: 3) != other.prompt(forRound: 3))
  }

  @Test(arguments: [0.0, 0.3, 1.0]) func `have as much in common as was asked for`(_ part: Double) {
    let prompts = SyntheticPrompts(input: TokenLength(mean: 200), output: nil, sharedPart: part, seed: 4)
    let shared = prompts.prompt(forRound: 0).shared
    #expect(shared.split(separator: " ").count == Int(200 * part))
    #expect((1..<20).allSatisfy { prompts.prompt(forRound: $0).shared == shared })
  }

  @Test func `limit the answers to a length that is drawn as well`() {
    let prompts = SyntheticPrompts(
      input: TokenLength(mean: 20), output: TokenLength(mean: 100, deviation: 20), seed: 4)
    let limits = (0..<300).compactMap { prompts.prompt(forRound: $0).maxOutputTokens }
    #expect(limits.count == 300 && limits.allSatisfy { (1...200).contains($0) } && Set(limits).count > 30)
    #expect(abs(limits.reduce(0, +) / 300 - 100) < 5)
  }
}
