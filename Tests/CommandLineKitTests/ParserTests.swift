import CommandLineKit
import Testing

private struct Typed: Sendable, Equatable {
  var loud = false
  var quiet = false
  var model: String?
  var tags: [String] = []
  var colour: Colour?
  var words: [String] = []
}

private enum Colour: String, CaseIterable, Sendable { case auto, always, never }

private let command = Command<Typed, Void>(
  CommandDescription("try", "Try it."), options: { Typed() },
  flags: [
    .toggle("loud", short: "l", "Be loud.") { $0.loud = true },
    .toggle("quiet", short: "q", "Be quiet.") { $0.quiet = true },
    .takes("model", short: "m", "MODEL", "Model to ask.") { $0.model = $1 },
    .takes("tag", short: "t", "TAG", "Tag the call.", repeats: true) { $0.tags.append($1) },
    .oneOf("colour", "WHEN", "When to colour.") { $0.colour = $1 as Colour },
  ],
  positionals: [Positional("WORD", "Words.", repeats: true) { $0.words.append($1) }],
  run: { _, _ in 0 })

struct Parsing {
  @Test(arguments: [
    ([], Typed()),
    (["--loud", "a", "-q", "b"], Typed(loud: true, quiet: true, words: ["a", "b"])),
    (["-lq"], Typed(loud: true, quiet: true)),
    (["-lqmgpt", "hi"], Typed(loud: true, quiet: true, model: "gpt", words: ["hi"])),
    (["-m", "a", "--model=b"], Typed(model: "b")),
    (["-m=a"], Typed(model: "a")),
    (["--model="], Typed(model: "")),
    (["--model=a=b"], Typed(model: "a=b")),
    (["--model", "-x"], Typed(model: "-x")),
    (["-t", "a", "--tag", "b"], Typed(tags: ["a", "b"])),
    (["--", "-m", "--loud", "--"], Typed(words: ["-m", "--loud", "--"])),
    (["-"], Typed(words: ["-"])),
    (["--colour", "never"], Typed(colour: .never)),
    (["grüße", "-l"], Typed(loud: true, words: ["grüße"])),
  ])
  fileprivate func `words become options`(_ arguments: [String], _ expected: Typed) throws {
    #expect(try command.parse(arguments) == expected)
  }

  @Test(arguments: [
    (["--modle", "x"], "unknown flag '--modle'. Did you mean '--model'?"),
    (["--mod", "x"], "unknown flag '--mod'. Did you mean '--model'?"),
    (["--zzzzzz"], "unknown flag '--zzzzzz'."),
    (["-z"], "unknown flag '-z'."),
    (["-xmodel"], "unknown flag '-x'."),
    (["--loud=yes"], "'--loud' takes no value."),
    (["--model"], "'--model' needs a value: MODEL."),
    (["-lm"], "'-m' needs a value: MODEL."),
    (["--colour=alway"], "'--colour alway': not one of auto, always, never. Did you mean 'always'?"),
  ])
  func `what cannot be meant is refused with the nearest name`(_ arguments: [String], _ message: String) {
    #expect { try command.parse(arguments) } throws: { ($0 as? UsageError)?.description == message }
  }

  @Test func `one dash before a long name is explained`() {
    let single = Command<Typed, Void>(
      CommandDescription("try", "Try it."), options: { Typed() },
      flags: [.takes("project", "NAME", "Project.") { $0.model = $1 }], run: { _, _ in 0 })
    #expect { try single.parse(["-project", "x"]) } throws: {
      ($0 as? UsageError)?.description == "unknown flag '-p'. Did you mean '--project'?"
    }
  }

  @Test func `a missing word is named and one too many is refused`() throws {
    let one = Command<Typed, Void>(
      CommandDescription("show", "Show it."), options: { Typed() },
      flags: [.toggle("loud", "Be loud.") { $0.loud = true }],
      positionals: [Positional("ID", "Which.", isRequired: true) { $0.model = $1 }], run: { _, _ in 0 })
    #expect(try one.parse(["a", "--loud"]).model == "a")
    #expect { try one.parse(["--loud"]) } throws: { ($0 as? UsageError)?.problem == "ID is missing" }
    #expect { try one.parse(["a", "b"]) } throws: { ($0 as? UsageError)?.problem == "'b' is one word too many" }
  }

  @Test func `a word of a fixed set is one of them`() {
    #expect(throws: Never.self) { try Sample.teach.check(["fish"]) }
    #expect { try Sample.teach.check(["bsh"]) } throws: {
      ($0 as? UsageError)?.description == "'bsh': not one of bash, zsh, fish. Did you mean 'bash' or 'zsh'?"
    }
    #expect { try Sample.teach.check([]) } throws: { ($0 as? UsageError)?.problem == "SHELL is missing" }
  }

  @Test func `a required word that repeats is filled by one, flags after it or not`() throws {
    let many = Command<Typed, Void>(
      CommandDescription("many", "Many."), options: { Typed() },
      flags: [.toggle("loud", "Be loud.") { $0.loud = true }],
      positionals: [Positional("FILE", "Which.", isRequired: true, repeats: true) { $0.words.append($1) }],
      run: { _, _ in 0 })
    #expect(try many.parse(["a", "--loud", "b"]).words == ["a", "b"])
    #expect(try many.parse(["a", "--loud"]).words == ["a"])
    #expect(throws: UsageError.self) { try many.parse([]) }
  }
}

struct NearMisses {
  @Test(arguments: [
    ("modles", ["models"]), ("spned", ["spend"]), ("chta", ["chat"]), ("lgos", ["logs"]), ("MODELS", ["models"]),
    ("hello", []), ("chatt", ["chat"]), ("versoin", ["version"]), ("summarise", []), ("", []),
  ])
  func `a slip of the fingers finds its word`(_ typed: String, _ expected: [String]) {
    #expect(nearMisses(of: typed, among: ["chat", "models", "spend", "logs", "version", "bench"]) == expected)
  }

  @Test func `a pasted page is compared in no time and matches nothing`() {
    #expect(nearMisses(of: String(repeating: "long ", count: 100_000), among: ["chat"]).isEmpty)
  }

  @Test(arguments: [
    ("bet", ["bat", "bit"], "Did you mean 'bat' or 'bit'?"), ("models", ["model"], "Did you mean 'model'?"),
  ])
  func `the advice is a question`(_ typed: String, _ among: [String], _ expected: String) {
    #expect(didYouMean(typed, among: among) == expected)
  }
}

struct Help {
  private let help = AnyCommand(command).help(program: "llmgw", width: 60)

  @Test func `it holds the usage, each flag, its choices and no line past the width`() {
    #expect(help.contains("Usage:\n  llmgw try [flags] [WORD...]"))
    for piece in ["-m, --model MODEL", "    --colour WHEN", "One of: auto, always, never.", "May be repeated."] {
      #expect(
        help.split { $0 == " " || $0 == "\n" }.joined(separator: " ").contains(
          piece.split(separator: " ").joined(separator: " ")))
    }
    #expect(help.split(separator: "\n").allSatisfy { $0.count <= 60 })
  }

  @Test(arguments: [20, 40, 80, 200]) func `every width gives whole words`(_ width: Int) {
    let text = AnyCommand(command).help(program: "llmgw", width: width)
    #expect(text.contains("Model"))
    #expect(!text.contains("\n\n\n"))
  }
}
