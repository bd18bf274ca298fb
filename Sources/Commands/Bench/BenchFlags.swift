// The flags of `llmgw bench`.

import Benchmarking
package import CommandLineKit
import GatewayCore
import Wire

extension BenchOptions {
  /// Flags of chat that mean the same here.
  package static let sharedNames = [
    "model", "system", "option", "no-stream", "timeout", "retries", "strict", "project", "tag",
  ]

  package static let flags: [Flag<BenchOptions>] =
    targets + load + prompts + money + [objectives] + BenchResultOptions.flags.map { $0.within(\.results) }

  private static func shared(_ names: [String]) -> [Flag<BenchOptions>] {
    names.compactMap { name in ChatOptions.flags.first { $0.description.name == name } }.map { flag in
      var flag = flag
      if let summary = summaries[flag.description.name] { flag.description.summary = summary }
      return flag.within(\.chat)
    }
  }

  /// What is meant of all requests together, or has another default.
  private static let summaries = [
    "retries": "How often a request is made again that failed before its answer (0).",
    "max-cost": "Stop the run before it could cost more.",
    "dry-run": "Show the plan and what it may cost; send nothing.",
    "no-stream": "Ask for answers in one piece, not for streams.",
  ]

  private static let targets: [Flag<BenchOptions>] =
    [
      .takes("url", "URL", "Server to ask for MODEL, such as http://127.0.0.1:8000/v1.", repeats: true) {
        (options, text) throws(UsageError) in
        _ = try ServerAddress(typed: text)
        options.urls.append(text)
      },
      .oneOf("api", "FORMAT", "What the servers of --url speak (openai-chat).") { $0.api = $1 },
      .takes("key-env", "VARIABLE", "Environment variable with the key of the servers of --url.") {
        $0.keyVariable = $1
      },
    ] + shared(sharedNames)

  private static let load: [Flag<BenchOptions>] = [
    .takes("concurrency", short: "c", "N", "So many requests at any time, over all targets (1).") {
      (options, text) throws(UsageError) in
      options.concurrency = try count(text, "-c", atMost: LoadPlan.mostUnderWay)
    },
    .takes("rate", "RATE", "Start so many requests a second, over all targets; 30/m is a minute.") {
      (options, text) throws(UsageError) in options.rate = try rate(text)
    },
    .oneOf("arrivals", "KIND", "Of a rate: evenly spaced (constant), or like people (poisson).") { $0.arrivals = $1 },
    .oneOf("sweep", "WHAT", "Raise this until the target is saturated, and find where.") { $0.sweep = $1 },
    .takes("requests", short: "n", "N", "Requests to each target, warm-up not counted (30).") {
      (options, text) throws(UsageError) in
      options.requests = try count(text, "-n", atMost: LoadPlan.mostRequests)
    },
    .takes("duration", "TIME", "Start requests for so long: 30s, 5m.") {
      (options, text) throws(UsageError) in options.duration = try time(text, "--duration")
    },
    .takes("warm-up", "N|TIME", "Requests to each target, or a time, that count for nothing (1).") {
      (options, text) throws(UsageError) in
      options.warmUp =
        try Int(text) != nil
        ? .requests(text == "0" ? 0 : count(text, "--warm-up", atMost: LoadPlan.mostRequests))
        : .time(time(text, "--warm-up"))
    },
    .takes("ramp", "TIME", "Let the load rise for so long; what starts meanwhile is warm-up.") {
      (options, text) throws(UsageError) in options.ramp = try time(text, "--ramp")
    },
    .takes("seed", "N", "Of all that is drawn by chance; the same for the same run.") {
      (options, text) throws(UsageError) in
      guard let seed = UInt64(text) else {
        throw UsageError("'--seed \(text)' is not a whole number from 0 to \(UInt64.max)")
      }
      options.seed = seed
    },
  ]

  private static let prompts: [Flag<BenchOptions>] = [
    .takes("prompts", "FILE|-", "Prompts: a line each, or a JSON object with prompt or messages.") {
      $0.promptsPath = $1
    },
    .takes("input-tokens", "MEAN[,DEV]", "Synthetic prompts of about so many tokens.") {
      (options, text) throws(UsageError) in options.inputTokens = try length(text, "--input-tokens")
    },
    .takes("output-tokens", "MEAN[,DEV]", "Limit the answers to so many tokens, and ask for that many.") {
      (options, text) throws(UsageError) in options.outputTokens = try length(text, "--output-tokens")
    },
    .takes("shared-prefix", "PERCENT", "How much of synthetic prompts all have in common.") {
      (options, text) throws(UsageError) in
      let digits = text.last == "%" ? String(text.dropLast()) : text
      guard let percent = Int(digits), (0...100).contains(percent) else {
        throw UsageError("'--shared-prefix \(text)' is not a share from 0% to 100%")
      }
      options.sharedPart = Double(percent) / 100
    },
    .takes("from-ledger", "FILTER", "Prompts of earlier calls: model=MODEL,since=7d,project=NAME.") {
      (options, text) throws(UsageError) in options.ledgerSlice = try LedgerSlice(typed: text)
    },
    .toggle("no-cache-busting", "Send prompts as they are; providers may answer out of their caches.") {
      $0.allowsCacheHits = true
    },
  ]

  private static let money: [Flag<BenchOptions>] =
    shared(["max-cost", "dry-run"]) + [.toggle("yes", "Do not ask before money is spent.") { $0.isConfirmed = true }]

  private static let objectives: Flag<BenchOptions> = .takes(
    "slo", "LIMITS", "What good service is: ttft:500ms,itl:50ms."
  ) { (options, text) throws(UsageError) in options.objectives = try Objective.typed(text) }
}

/// Reading what was typed.
extension BenchOptions {
  private static func count(_ text: String, _ flag: String, atMost most: Int) throws(UsageError) -> Int {
    guard let count = Int(text), (1...most).contains(count) else {
      throw UsageError("'\(flag) \(text)' is not a number from 1 to \(most)")
    }
    return count
  }

  private static func time(_ text: String, _ flag: String) throws(UsageError) -> Int64 {
    guard let time = Duration(durationText: text), time > .zero else {
      throw UsageError("'\(flag) \(text)' is not a time", advice: "Write it with its unit, as 30s or 5m.")
    }
    return time.microseconds
  }

  private static let mostPerSecond = 1_000_000.0

  /// `50`, `0.5`, `50/s`, `300/m`.
  private static func rate(_ text: String) throws(UsageError) -> Double {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let seconds = parts.count == 1 ? 1.0 : ["s": 1.0, "m": 60.0][parts[1]]
    guard parts.count <= 2, let number = Double(String(parts[0])), let seconds,
      case let perSecond = number / seconds, perSecond > 0, perSecond <= mostPerSecond
    else {
      throw UsageError("'--rate \(text)' is not a rate", advice: "Write it as 50 (a second), 0.5 or 30/m.")
    }
    return perSecond
  }

  /// `550` or `550,150`.
  private static func length(_ text: String, _ flag: String) throws(UsageError) -> TokenLength {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(parts.count), let mean = parts[0], (1...SyntheticPrompts.mostTokens).contains(mean),
      let deviation = parts.count == 2 ? parts[1] : 0, (0...mean).contains(deviation)
    else {
      throw UsageError(
        "'\(flag) \(text)' is not a number of tokens", advice: "Write it as 550, or as 550,150 with its deviation.")
    }
    return TokenLength(mean: mean, deviation: deviation)
  }
}
