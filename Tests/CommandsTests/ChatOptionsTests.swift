import CommandLineKit
import Commands
import GatewayCore
import Testing
import Wire

private func parse(_ arguments: [String]) throws -> ChatOptions {
  let command = Command<ChatOptions, Void>(
    CommandDescription("chat", "Chat."), options: { ChatOptions() }, flags: ChatOptions.flags,
    positionals: [Positional("PROMPT", "Prompt.", repeats: true) { $0.words.append($1) }], run: { _, _ in 0 })
  return try command.parse(arguments)
}

struct ChatFlags {
  @Test func `every flag sets what it says`() throws {
    let options = try parse([
      "-m", "openai/gpt", "-s", "be brief", "-o", "temperature=0.2", "-o", "stop=a=b", "-a", "x.png", "--schema",
      "name",
      "--no-stream", "--json", "--dry-run", "--max-cost", "0.05", "--timeout", "first=60s,total=90", "--retries", "0",
      "--strict", "--fail-on-length", "--project", "p", "--session", "s", "--tag", "team=a", "--no-log", "--no-stdin",
      "--stdin-first", "-f", "a.txt", "-m", "second", "--render", "never", "-q", "--extract-last", "--output", "o.txt",
      "--copy", "tell", "me",
    ])
    var expected = ChatOptions()
    expected.words = ["tell", "me"]
    expected.models = ["openai/gpt", "second"]
    expected.system = "be brief"
    expected.modelOptions = [
      try KeyedText("temperature=0.2", flag: "-o"), try KeyedText("stop=a=b", flag: "-o"),
    ]
    expected.attachments = ["x.png"]
    expected.schema = "name"
    expected.waitsForWhole = true
    expected.json = true
    expected.isDryRun = true
    expected.costLimit = Picodollars(50_000_000_000)
    expected.timeouts.firstByte = .seconds(60)
    expected.timeouts.total = .seconds(90)
    expected.retries = 0
    expected.isStrict = true
    expected.failsOnLength = true
    expected.project = "p"
    expected.session = "s"
    expected.tags = [try KeyedText("team=a", flag: "--tag")]
    expected.storesNothing = true
    expected.ignoresStdin = true
    expected.stdinFirst = true
    expected.fragments = ["a.txt"]
    expected.rendering = .never
    expected.isQuiet = true
    expected.extraction = .last
    expected.outputPath = "o.txt"
    expected.copies = true
    #expect(options == expected)
  }

  @Test(arguments: [
    (["--max-cost", "free"], "'--max-cost free' is not an amount of dollars. Write it as 0.05."),
    (["--max-cost", "0"], "'--max-cost 0' is not an amount of dollars. Write it as 0.05."),
    (["--timeout", "soon"], "'--timeout soon' is not a time. Write it as 90s, 5m or first=60s,idle=30s."),
    (
      ["--timeout", "fist=3s"],
      "'--timeout fist=3s': 'fist' is not one of connect, first, idle, total. Did you mean 'first'?"
    ),
    (["--retries", "many"], "'--retries many' is not a number from 0 to 20."),
    (["-o", "temperature"], "'-o temperature' is not of the form KEY=VALUE."),
    (["--tag", "=x"], "'--tag =x' is not of the form KEY=VALUE."),
    (["--render", "allways"], "'--render allways': not one of auto, always, never. Did you mean 'always'?"),
    (["--render"], "'--render' needs a value: WHEN."),
    (["--quiet=1"], "'--quiet' takes no value."),
    (["--extract=last"], "'--extract' takes no value."),
    (["--output"], "'--output' needs a value: FILE."),
    (["-f"], "'-f' needs a value: FILE|DIR|URL|-."),
    (["--modle", "x"], "unknown flag '--modle'. Did you mean '--model'?"),
  ])
  func `a wrong use is explained`(_ arguments: [String], _ message: String) {
    #expect { try parse(arguments) } throws: { ($0 as? UsageError)?.description == message }
  }
}

struct ChatFlagsTogether {
  @Test(arguments: [
    (["-x", "--json"], "'--extract' and '--json' do not go together. Leave one of them out."),
    (["--copy", "-m", "a", "-m", "b"], "'--copy' takes the answer of one model. Name one with -m."),
    (["--copy", "--dry-run"], "'--copy' has nothing to copy in a dry run."),
    (["-a", "-", "-f", "-"], "standard input ('-') can be sent once. Name it in one of -a and -f."),
    (["-f", "-", "-f", "-"], "standard input ('-') can be sent once. Name it in one of -a and -f."),
  ])
  func `that contradict each other are refused`(_ arguments: [String], _ message: String) throws {
    let options = try parse(arguments)
    #expect { try options.checkTogether() } throws: { ($0 as? UsageError)?.description == message }
  }

  @Test(arguments: [
    ["-x", "--copy", "-m", "a"], ["-m", "a", "-m", "b", "--json", "--output", "f"], ["-a", "-", "-f", "x"],
    ["-q", "--render", "always", "--extract-last"],
  ])
  func `that agree are taken`(_ arguments: [String]) throws {
    try parse(arguments).checkTogether()
  }

  @Test func `a dash as output is standard output`() throws {
    #expect(try parse(["--output", "f", "--output", "-"]).outputPath == nil)
  }
}

struct ModelOptionNames {
  private func request(_ options: String...) throws -> ChatRequest {
    var request = ChatRequest(model: "m", messages: [])
    for option in options { try request.apply(option: KeyedText(option, flag: "-o")) }
    return request
  }

  @Test func `each name sets its field, numbers keep their text`() throws {
    let set = try request(
      "temperature=0.70", "top_p=1", "top_k=5", "frequency_penalty=-0.5", "presence_penalty=1e-1", "seed=42",
      "max_tokens=100", "stop=END", "stop=X", "reasoning_effort=high", "thinking_budget=2048", "service_tier=flex",
      "user=u")
    #expect(set.sampling.temperature?.text == "0.70")
    #expect(set.sampling.presencePenalty?.text == "1e-1")
    #expect(set.sampling.seed?.int == 42)
    #expect(set.maxOutputTokens == 100)
    #expect(set.stop == ["END", "X"])
    #expect(set.reasoning == ReasoningRequest(effort: "high", budgetTokens: 2048))
    #expect(set.serviceTier == "flex")
    #expect(set.user == "u")
    #expect(set.extras.isEmpty)
  }

  @Test func `what is none of ours is passed on, JSON as JSON`() throws {
    let set = try request("logprobs=true", "verbosity=low", "metadata={\"a\":[1]}")
    #expect(set.extras["logprobs"] == .bool(true))
    #expect(set.extras["verbosity"] == .string("low"))
    #expect(set.extras["metadata"]?["a"]?.array?.count == 1)
  }

  @Test(arguments: ["temperture=1", "temperature=warm", "max_tokens=0", "max_tokens=1.5", "seed=0x1"])
  func `a slip is not passed on`(_ option: String) {
    #expect(throws: UsageError.self) { try request(option) }
  }
}

struct SchemaFields {
  @Test func `fields with types and descriptions become a schema`() throws {
    let expected = try JSON.parse(
      """
      {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"},\
      "bio":{"type":"string","description":"a short text"},"ok":{"type":"boolean"},"score":{"type":"number"}},\
      "required":["name","age","bio","ok","score"],"additionalProperties":false}
      """)
    #expect(try answerSchema(fields: "name, age int, bio: a short text, ok bool, score float") == expected)
  }

  @Test func `line ends part fields whose descriptions hold commas`() throws {
    let schema = try answerSchema(fields: "name: first, last\nage int")
    #expect(schema["properties"]?["name"]?["description"]?.string == "first, last")
    #expect(schema["required"]?.array?.count == 2)
  }

  @Test(arguments: [
    ("age integer", "type 'integer' is not one of bool, float, int, str"), ("a b c", "too many words"),
    (" , ", "the schema has no field"),
  ])
  func `a mistake is named`(_ fields: String, _ problem: String) {
    #expect { try answerSchema(fields: fields) } throws: { ($0 as? CommandFailure)?.line.contains(problem) == true }
  }
}
