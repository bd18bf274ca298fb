// The parts of `llmgw map` that need no process.

import CommandLineKit
import Commands
import GatewayCore
import Synchronization
import Testing
import Wire

private func parse(_ arguments: [String]) throws -> MapOptions {
  let command = Command<MapOptions, Void>(
    CommandDescription("map", "Map."), options: { MapOptions() }, flags: MapOptions.flags,
    positionals: MapOptions.positionals, run: { _, _ in 0 })
  let options = try command.parse(arguments)
  try options.check()
  return options
}

struct MapFlags {
  @Test func `every flag sets what it says`() throws {
    let options = try parse([
      "-m", "p/m", "-s", "brief", "-o", "seed=1", "--schema", "name", "--timeout", "9", "--retries", "0", "--strict",
      "--fail-on-length", "--project", "p", "--tag", "a=b", "--no-log", "--max-cost", "0.5", "-j", "64", "--format",
      "jsonl", "--jsonl", "--output", "out", "--resume", "tell {}", "in.txt",
    ])
    var expected = MapOptions()
    expected.chat.models = ["p/m"]
    expected.chat.system = "brief"
    expected.chat.modelOptions = [try KeyedText("seed=1", flag: "-o")]
    expected.chat.schema = "name"
    expected.chat.timeouts.total = .seconds(9)
    expected.chat.retries = 0
    expected.chat.isStrict = true
    expected.chat.failsOnLength = true
    expected.chat.project = "p"
    expected.chat.tags = [try KeyedText("a=b", flag: "--tag")]
    expected.chat.storesNothing = true
    expected.chat.costLimit = Picodollars(500_000_000_000)
    expected.parallel = 64
    expected.format = .jsonl
    expected.printsObjects = true
    expected.output = "out"
    expected.resumes = true
    expected.prompt = "tell {}"
    expected.inputPath = "in.txt"
    #expect(options == expected)
  }

  @Test func `a dash is standard input, and four run at once`() throws {
    let options = try parse(["x", "-"])
    #expect(options.inputPath == nil)
    #expect(options.parallel == 4)
  }

  @Test func `every flag of chat that is meant to be shared is there`() {
    let names = MapOptions.flags.map(\.description.name)
    #expect(Set(MapOptions.sharedNames + ["max-cost"]).isSubset(of: names))
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: [
    ([], "PROMPT is missing."),
    ([""], "PROMPT is empty. Use {} to send each line as it is."),
    (["x", "a", "b"], "'b' is one word too many."),
    (["-j", "0", "x"], "'-j 0' is not a number from 1 to 64."),
    (["-j", "65", "x"], "'-j 65' is not a number from 1 to 64."),
    (["-j", "many", "x"], "'-j many' is not a number from 1 to 64."),
    (["--format", "csv", "x"], "'--format csv': not one of lines, jsonl."),
    (["--format", "jsnl", "x"], "'--format jsnl': not one of lines, jsonl. Did you mean 'jsonl'?"),
    (["--resume", "x"], "'--resume' needs '--output FILE'. What is already done stands in FILE's journal."),
    (["--output", "", "x"], "'--output' names no file."),
    (["--max-cost", "free", "x"], "'--max-cost free' is not an amount of dollars. Write it as 0.05."),
    (["--retries", "-1", "x"], "'--retries -1' is not a number from 0 to 20."),
    (["--tag", "x", "x"], "'--tag x' is not of the form KEY=VALUE."),
    (["--attach", "f", "x"], "unknown flag '--attach'."),
  ])
  func `a wrong use is explained`(_ arguments: [String], _ message: String) {
    #expect { try parse(arguments) } throws: { ($0 as? UsageError)?.description == message }
  }
}

struct APromptTemplate {
  private static let object: JSONObject = ["t": "T {n}", "n": .number(JSONNumber(text: "1.50")), "l": [true, .null]]

  @Test(arguments: [
    ("{}", "LINE"),
    ("say {} and {}", "say LINE and LINE"),
    ("say", "say\n\nLINE"),
    ("{t}: {n}, {l}", "T {n}: 1.50, [true,null]"),
    ("{{t}} {{}} {}", "{t} {} LINE"),
    (#"{"a": {"b": 1}} of {}"#, #"{"a": {"b": 1}} of LINE"#),
    ("{ } {1} {a b} {", "{ } {1} {a b} {\n\nLINE"),
    ("{{t} {}", "{T {n} LINE"),
    ("é{t}é", "éT {n}é"),
  ])
  func `puts the line and the members where they are asked for`(_ prompt: String, _ expected: String) throws {
    #expect(try PromptTemplate(prompt).prompt(line: "LINE", object: Self.object) == expected)
  }

  @Test func `names the member that is missing`() {
    let template = PromptTemplate("{t} {nosuch}")
    #expect(throws: PromptTemplate.MissingMember(name: "nosuch")) {
      try template.prompt(line: "LINE", object: Self.object)
    }
    #expect(template.firstMember == "t")
    #expect(PromptTemplate("{} {{x}}").firstMember == nil)
  }
}

struct Lines {
  @Test(arguments: 1...7)
  func `come whole from chunks of any size`(_ size: Int) {
    let bytes = Array("one\n\ntwo three\nno end".utf8)
    var buffer = LineBuffer()
    var lines: [String] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      buffer.append(bytes[start..<min(start + size, bytes.count)])
      while let line = buffer.nextLine() { lines.append(line.text) }
    }
    #expect(lines == ["one", "", "two three"])
    #expect(buffer.waiting == 6)
    let last = buffer.lastLine().text
    #expect(last == "no end")
    #expect(buffer.waiting == 0)
  }

  @Test(arguments: [
    ("a", "a"), ("a\n", "a"), ("a\n\n", #"a\n"#), ("a\r\nb\r\n", #"a\r\nb"#), ("a\nb", #"a\nb"#), (#"a\nb"#, #"a\nb"#),
    ("", ""),
  ])
  func `of an answer become one`(_ answer: String, _ line: String) {
    #expect(onOneLine(answer) == line)
  }
}

struct ABudgetOfARun {
  @Test func `counts what is held as spent until it is known`() {
    var budget = CostAllowance(Picodollars(100))
    var held: [Bool] = []
    for amount: Int64 in [60, 41, 40] { held.append(budget.hold(Picodollars(amount))) }
    budget.settle(Picodollars(60), cost: Picodollars(10))
    for amount: Int64 in [51, 50] { held.append(budget.hold(Picodollars(amount))) }
    // A cost that is not known is taken to be the worst.
    budget.settle(Picodollars(50), cost: nil)
    held.append(budget.hold(Picodollars(1)))
    #expect(held == [true, false, true, false, true, false])
  }
}

struct AProgressLine {
  private func tally() -> MapTally {
    var tally = MapTally()
    (tally.answered, tally.failed, tally.kept) = (240, 10, 750)
    tally.cost += Picodollars(12_300_000_000)
    return tally
  }

  @Test func `tells how far, how fast and how long yet`() {
    let stream = OutputStream(isTerminal: true, hasColor: false) { _ in }
    let progress = MapProgress(stream, width: 80, total: 2_000, began: 0)
    #expect(
      progress.text(tally(), at: 50_000_000)
        == "██████████            1,000/2,000  10 failed  $0.0123  5.0/s  3m20s left")
    let endless = MapProgress(stream, width: 80, total: nil, began: 0)
    #expect(endless.text(tally(), at: 50_000_000) == "1,000  10 failed  $0.0123  5.0/s")
  }

  @Test func `is drawn over itself on a terminal and never elsewhere`() {
    let log = Written()
    for isTerminal in [false, true] {
      var progress = MapProgress(
        OutputStream(isTerminal: isTerminal, hasColor: false) { log.add($0) }, width: 20, total: nil, began: 0)
      progress.show(tally(), at: 50_000_000)
      progress.show(tally(), at: 50_050_000)
      progress.note("a note")
      progress.erase()
    }
    let blank = String(repeating: " ", count: 19)
    #expect(log.text == "a note\n" + "\r1,000  10 failed  …" + "\r\(blank)\ra note\n")
  }

  @Test func `never calls an unknown cost nothing`() {
    var tally = MapTally()
    tally.unpriced = 1
    #expect(tally.costShown == "unpriced")
    tally.cost += Picodollars(2_000_000_000_000)
    #expect(tally.costShown == "≥$2.00")
  }
}

/// What was written to a stream of a test.
private final class Written: Sendable {
  private let bytes = Mutex<[UInt8]>([])
  func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }
  var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
}
