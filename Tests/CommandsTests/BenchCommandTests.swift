// `llmgw bench list`, `show` and `compare`, over runs written down by hand.

import Benchmarking
import Commands
import GatewayCore
import Testing
import Wire

/// A run of `requests` to each target that take `milliseconds` and up to a fifth more, one after the other.
private func run(
  _ id: String, _ targets: [(name: String, milliseconds: Int64)], requests: Int = 250, failing: Int = 0,
  isOpen: Bool = false
) -> RunRecord {
  var samples: [Sample] = []
  for number in 0..<requests * targets.count {
    let (target, round) = (number % targets.count, number / targets.count)
    let start = Int64(number) * 1_000_000
    // 0 to 19 % more, the same for every target.
    let took = targets[target].milliseconds * (1_000 + Int64(round * 7 % 20) * 10)
    var sample = Sample(
      target: target, number: number, intended: start, started: start, ended: start + took, status: .ok,
      operation: "01OP\(number)")
    sample.firstToken = start + took / 4
    sample.lastToken = start + took
    sample.usage = Usage(input: 10, output: 16)
    sample.cost = Cost(amount: Picodollars(25_000_000), source: .computed)
    if round < failing { (sample.status, sample.failure) = (.failed, "overloaded") }
    samples.append(sample)
  }
  return RunRecord(
    id: id, startedAt: BooksHome.noon, elapsed: Int64(samples.count) * 1_000_000, targets: targets.map(\.name),
    load: isOpen ? .open(perSecond: 1, .constant) : .closed(concurrency: 1), seed: 42, samples: samples,
    driver: RunRecord.DriverReport(),
    environment: RunRecord.Environment(version: "1", system: "Linux", processors: 2))
}

private func home(_ runs: [RunRecord]) throws -> BooksHome {
  let home = BooksHome()
  let files = LedgerFiles(directory: home.home.path + "/data/llmgw")
  _ = try Ledger(files, settings: LedgerSettings(), now: BooksHome.noon)
  let reader = try #require(try LedgerReader(files, now: BooksHome.noon))
  for run in runs { try reader.keep(BenchmarkRow(run)) }
  return home
}

struct BenchRuns {
  @Test func `without a run the list says so, and show and compare do not know the id`() async {
    let home = BooksHome()
    #expect(await home.run("bench", "list").err == "No benchmark was run yet.\n")
    let shown = await home.run("bench", "show", "01")
    #expect(shown.err == "llmgw: '01': no run has that id. llmgw bench list has them.\n" && shown.code == 1)
    #expect(await home.run("bench", "compare", "01", "02").code == 1)
  }

  @Test func `the list has a line for each run`() async throws {
    let home = try home([run("01A", [("a/b", 100)]), run("01B", [("c", 1), ("d", 2)], isOpen: true)])
    let lines = await home.run("bench", "list", "--utc").out.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1].hasSuffix("01B      500  open, 1.00 requests/s (constant)  c, d"))
    #expect(lines[2].contains("01A") && lines[2].hasSuffix("a/b"))
    let json = try JSON.parse(await home.run("bench", "list", "--json", "-n", "1").out)
    #expect(json["rows"]?.array?.count == 1 && json["rows"]?.array?.first?["id"] == "01B")
  }

  @Test func `show has a row for each target, the verdicts and what makes the figures doubtful`() async throws {
    let home = try home([run("01A", [("a/fast", 100), ("b/slow", 200)], failing: 5)])
    let out = await home.run("bench", "show", "01a").out
    #expect(out.contains("a/fast   245   2.0 %"))
    #expect(out.contains("Errors of b/slow: 5 overloaded."))
    #expect(out.contains("b/slow is slower than a/fast: ttft p50 by 100.0 % ("))
    #expect(out.contains("$0.000025"))
    #expect(!out.contains("Warning"))
    // Plots are for a person who looks at a terminal.
    #expect(!out.contains("█"))
    let drawn = await home.run(["bench", "show", "01A"], terminal: 80).out
    #expect(drawn.contains("How long requests took") && drawn.contains("Over time") && drawn.contains("█"))
    #expect(drawn.split(separator: "\n").allSatisfy { displayWidth(String($0)) <= 80 || $0.contains(" than ") })
  }

  @Test func `what has no price is called unpriced, never nothing`() async throws {
    var run = run("01A", [("a", 100)], requests: 20)
    for index in run.samples.indices { run.samples[index].cost = .unpriced }
    let out = await (try home([run])).run("bench", "show", "01A").out
    #expect(out.contains("unpriced") && !out.contains("$0"))
    #expect(out.contains("Warning: a: no price is known for 20 of the requests"))
  }

  @Test func `ids complete, the latest first`() async throws {
    let home = try home([run("01A", [("a", 1)], requests: 1), run("02B", [("a", 1)], requests: 1)])
    #expect(await home.run("__complete", "bench", "show", "0").out == "02B\n01A\n")
    #expect(await home.run("__complete", "bench", "compare", "02B", "01").out == "01A\n")
  }

  @Test func `objectives can be given afterwards`() async throws {
    let home = try home([run("01A", [("a", 100)], requests: 20)])
    let json = try JSON.parse(await home.run("bench", "show", "01A", "--slo", "e2e:110ms", "--json").out)
    // 0 to 10 % more: 11 of 20.
    #expect(json["targets"]?.array?.first?["goodput"]?["kept"] == 11)
    let wrong = await home.run("bench", "show", "01A", "--slo", "e2e:110")
    #expect(wrong.code == 2)
    #expect(
      wrong.err == "llmgw: bench: '--slo e2e:110': '110' is not a time. Write it with its unit, as 500ms or 2s.\n")
  }

  @Test func `files are written beside what is printed`() async throws {
    let home = try home([run("01A", [("a<script>", 100), ("b", 120)])])
    let (csv, html) = (home.home.path + "/r.csv", home.home.path + "/r.html")
    #expect(await home.run("bench", "show", "01A", "--csv", csv, "--html", html).code == 0)
    let rows = home.home.read("r.csv").split(separator: "\n")
    #expect(rows.first?.hasPrefix("number,target,warm_up,intended_ms,started_ms,") == true)
    #expect(rows.dropFirst().first?.hasPrefix("0,a<script>,0,0,0,") == true)
    let page = home.home.read("r.html")
    #expect(page.contains("<svg") && page.contains("prefers-color-scheme: dark"))
    #expect(page.contains("a&lt;script&gt;") && !page.contains("<script"))
    #expect(!page.contains("http:") && !page.contains("https:") && !page.contains("url("))
    let nowhere = await home.run("bench", "show", "01A", "--csv", "/nowhere/r.csv")
    #expect(nowhere.code == 1 && nowhere.out.isEmpty)
  }
}

struct BenchCompare {
  private func both(_ second: Int64 = 130, requests: Int = 250, failing: Int = 0) throws -> BooksHome {
    try home([
      run("01A", [("m", 100)], requests: requests), run("02B", [("m", second)], requests: requests, failing: failing),
    ])
  }

  @Test func `says what became slower`() async throws {
    let result = await (try both()).run("bench", "compare", "01", "02")
    #expect(result.code == 0)
    let lines = result.out.split(separator: "\n")
    let row = try #require(lines.first { $0.contains("e2e p50") })
    #expect(row.contains("+30.0 %") && row.hasSuffix("slower"))
    #expect(lines.contains { $0.contains("errors") && $0.contains("0.0 %") })
  }

  @Test func `says that it found no difference where there is none`() async throws {
    let result = await (try both(100)).run("bench", "compare", "01", "02")
    #expect(result.out.contains("no difference found") && !result.out.contains("slower"))
  }

  @Test(arguments: [
    ("p95(e2e)>+10%", 14), ("p95(e2e)>+40%", 0), ("p50(ttft) > +5ms", 14), ("p50(ttft)>+9ms", 0), ("max(e2e)>+29%", 14),
    ("errors>1%", 14), ("errors>3%", 0), ("errors>+1%", 14), ("cost>+0%", 0), ("mean(response)>+20%", 14),
  ])
  func `fails a build by the condition`(_ condition: String, _ code: Int32) async throws {
    let result = await (try both(failing: 5)).run("bench", "compare", "01", "02", "--fail-if", condition)
    #expect(result.code == code, "\(result.err)")
    #expect(result.err.isEmpty == (code == 0))
  }

  @Test func `does not fail a build by chance, nor pass one that cannot be judged`() async throws {
    // 1 % slower, with 20 % between requests.
    let chance = await (try both(101)).run("bench", "compare", "01", "02", "--fail-if", "p50(e2e)>+0%")
    #expect(chance.code == 0 && chance.err.contains("chance can explain it"))
    let few = await (try both(requests: 100)).run("bench", "compare", "01", "02", "--fail-if", "p99(e2e)>+10%")
    #expect(few.code == 1)
    #expect(few.err == "llmgw: m: p99(e2e)>+10% cannot be judged: too few requests for p99: 100 and 100.\n")
  }

  @Test(arguments: [
    ("p95(ttft)", "'p95(ttft)' is not a condition"), ("p96(ttft)>+10%", "'p96' is not a statistic"),
    ("p95(tfft)>+10%", "'tfft' is not a measure"), ("p95(ttft)>10%", "'10%' is no limit for p95(ttft)"),
    ("p95(ttft)>+10", "'10' is not a time"), ("p95>+10%", "'p95' is not a figure"),
    ("errors>+5ms", "'+5ms' is no limit for errors"), ("cost>5%", "'5%' is no limit for cost"),
    ("p95(ttft)>+-10%", "'+-10%' is not a limit"), ("p95(ttft)>+1e3%", "'+1e3%' is not a limit"),
  ])
  func `refuses a condition that cannot be meant`(_ condition: String, _ problem: String) async {
    let result = await BooksHome().run("bench", "compare", "a", "b", "--fail-if", condition)
    #expect(result.code == 2)
    #expect(result.err.hasPrefix("llmgw: bench: '--fail-if \(condition)': \(problem). "), "\(result.err)")
  }

  @Test func `takes files that show wrote, and refuses others`() async throws {
    let home = try both()
    let file = home.home.path + "/a.json"
    home.home.write(await home.run("bench", "show", "01", "--json").out, to: "a.json")
    let result = await home.run("bench", "compare", file, "02", "--json", "--fail-if", "p95(e2e)>+10%")
    #expect(result.code == 14)
    let json = try JSON.parse(result.out)
    #expect(json["first"] == "01A" && json["conditions"]?.array?.first?["outcome"] == "passed")
    home.home.write("{}", to: "b.json")
    let other = await home.run("bench", "compare", file, home.home.path + "/b.json")
    #expect(other.code == 1 && other.err.contains("no file of a benchmark"))
    #expect(await home.run("bench", "compare", file, home.home.path + "/c.json").code == 1)
  }

  @Test func `a run that is not valid decides nothing`() async throws {
    var invalid = run("02B", [("m", 200), ("n", 100)])
    invalid.driver.invalid = "the load generator was busy"
    let home = try home([run("01A", [("m", 100)]), invalid])
    let result = await home.run("bench", "compare", "01", "02", "--fail-if", "p95(e2e)>+10%")
    #expect(result.code == 1 && result.out.contains("Warning: 02B is not valid: the load generator was busy."))
    #expect(result.err == "llmgw: m: p95(e2e)>+10% cannot be judged: run 02B is not valid.\n")
    let shown = await home.run("bench", "show", "02").out
    #expect(shown.contains("The targets are not compared: the result is not valid.") && !shown.contains("slower"))
    #expect(shown.contains("Warning: The result is not valid: the load generator was busy."))
  }

  @Test func `compares targets of the same name, and says which stand alone`() async throws {
    let home = try home([run("01A", [("x", 100), ("y", 50)]), run("02B", [("y", 50), ("z", 10)], isOpen: true)])
    let out = await home.run("bench", "compare", "01", "02").out
    #expect(out.contains("Warning: In one run only: x, z.") && out.contains("different loads"))
    #expect(!out.contains("x       "))
  }
}
