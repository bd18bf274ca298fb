// Where the prompts of a benchmark come from.

import Benchmarking
import CommandLineKit
import GatewayCore

extension Invocation {
  /// The prompts that the flags name, or the built-in ones.
  func prompts(_ options: BenchOptions, seed: UInt64) throws -> any PromptSource {
    if let length = options.inputTokens {
      return SyntheticPrompts(
        input: length, output: options.outputTokens, sharedPart: options.sharedPart ?? 0, seed: seed)
    }
    if let path = options.promptsPath { return try prompts(from: path) }
    guard let slice = options.ledgerSlice else { return PromptList.builtIn }
    let now = runtime.now()
    let found = try reading { (reader) throws(LedgerFailure) in
      try PromptList.replaying(slice.query(now: now), from: reader)
    }
    guard let prompts = found ?? nil else {
      throw CommandFailure(
        .usage, "bench: --from-ledger: the ledger has no prompt of such calls",
        advice: "See which there are with llmgw logs.")
    }
    return prompts
  }

  /// The largest file of prompts.
  private static let largestFile = 256 << 20

  private func prompts(from path: String) throws(CommandFailure) -> PromptList {
    let name = path == "-" ? "standard input" : "'\(path)'"
    let bytes: [UInt8]
    do throws(FileFailure) {
      bytes = try path == "-" ? readStdin(Self.largestFile) : readFile(path, limit: Self.largestFile)
    } catch {
      throw CommandFailure(.usage, "bench: prompts \(name): \(error.why)")
    }
    do throws(PromptFileFailure) {
      return try PromptList.reading(bytes, name: name)
    } catch {
      let line = error.line.map { ", line \($0)" } ?? ""
      throw CommandFailure(.usage, "bench: prompts \(name)\(line): \(error.problem)", advice: error.advice)
    }
  }
}
