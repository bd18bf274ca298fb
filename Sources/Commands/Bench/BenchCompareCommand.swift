// `llmgw bench compare`: what changed from one run to another, for a person or a build.

import Benchmarking
import CommandLineKit
import GatewayCore
import Wire

/// What was typed for `llmgw bench compare`.
private struct BenchCompareOptions: Sendable {
  var names: [String] = []
  var conditions: [Condition] = []
  var json = false
}

extension AnyCommand<Invocation> {
  static let benchCompare = AnyCommand(
    Command(
      CommandDescription(
        "compare", "Compare a run with an earlier one.",
        details: """
          Each is the id of a run, a beginning of it, or a file that --json wrote. A change is said to be one only where \
          the interval of the difference excludes zero; the intervals share 95 %, however many there are. With --fail-if \
          the exit status is 14 when a figure is past its limit and that is no chance finding, and 1 when there is too \
          little to judge it by.
          """,
        examples: [
          .init("llmgw bench compare 01KB before.json", "A stored run against a file."),
          .init("llmgw bench compare old.json new.json --fail-if 'p95(ttft)>+10%'", "In a build."),
        ]),
      options: { BenchCompareOptions() },
      flags: [
        .takes(
          "fail-if", "CONDITION", "p95(ttft)>+10%, mean(e2e)>+50ms, errors>1% or cost>+10%.", repeats: true
        ) { (options, text) throws(UsageError) in
          do throws(UnreadableText) {
            options.conditions.append(try Condition(text))
          } catch {
            throw UsageError("'--fail-if \(text)': \(error.problem)", advice: error.advice)
          }
        },
        .toggle("json", "Print one JSON object.") { $0.json = true },
      ],
      positionals: [
        Positional("A", "The earlier run.", isRequired: true, completes: .known(.run)) { $0.names.append($1) },
        Positional("B", "The later one.", isRequired: true, completes: .known(.run)) { $0.names.append($1) },
      ],
      run: { options, invocation in
        var runs: [RunSummary] = []
        for name in options.names { runs.append(try invocation.summary(of: name)) }
        guard runs.count == 2, let comparison = RunComparison(runs[0], runs[1]) else {
          throw CommandFailure(
            .general, "compare: the two runs have no target in common",
            advice: "Compare runs of the same models, or of one model each.")
        }
        let findings = comparison.findings(options.conditions)
        if options.json {
          try invocation.terminal.stdout.write(comparison.json(findings).indentedText + "\n")
        } else {
          try invocation.terminal.stdout.write(BenchChanges(comparison, on: invocation.terminal).text)
        }
        return try invocation.verdict(findings).rawValue
      }))
}

extension Invocation {
  /// No file that a person would keep is larger.
  private static let largestFile = 256 << 20

  /// A stored run, or one in a file.
  fileprivate func summary(of name: String) throws(CommandFailure) -> RunSummary {
    guard name.contains("/") || name.contains(".") else { return RunSummary(try findRun(name)) }
    let bytes: [UInt8]
    do throws(FileFailure) {
      bytes = try readFile(name, limit: Self.largestFile)
    } catch {
      throw CommandFailure(.general, "'\(name)': \(error.why)")
    }
    let limits = JSONLimits(depth: 32, bytes: Self.largestFile)
    guard let json = try? JSON.parse(bytes, limits: limits), let summary = RunSummary(json: json) else {
      throw CommandFailure(
        .general, "'\(name)': it is no file of a benchmark", advice: "llmgw bench --json writes them.")
    }
    return summary
  }

  /// Says what is past its limit; the status to end with.
  fileprivate func verdict(_ findings: [RunComparison.Finding]) throws(CommandFailure) -> ExitCode {
    var code = ExitCode.ok
    for finding in findings {
      let what = "\(finding.target): \(finding.condition.text)"
      switch finding.outcome {
      case .kept: break
      case .passed:
        code = .overLimit
        terminal.stderr.note("llmgw: \(safeLine(what)) is the case.")
      case .passedByChance:
        terminal.stderr.note(
          "llmgw: \(safeLine(what)) is the case, but chance can explain it. Measure more requests.")
      case .unknown(let why):
        throw CommandFailure(.general, "\(what) cannot be judged: \(why)")
      }
    }
    return code
  }
}
