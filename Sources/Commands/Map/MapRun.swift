// What a run over many lines is given, and what can be said before it begins.

import CommandLineKit
import GatewayCore
import Wire

/// Everything a run is given.
struct MapRun: Sendable {
  let options: MapOptions
  let invocation: Invocation
  let gateway: Gateway
  /// The call of every item, but for its prompt.
  var call: Call
  let input: MapInput
  var journal: MapJournal?

  /// Says once what would be said of each item: no key, a change that `--strict` refuses, no price under a limit.
  func refuseWhatNoItemCouldPass() throws {
    let template = PromptTemplate(options.prompt)
    if input.format == .lines, let name = template.firstMember {
      throw CommandFailure(
        .usage, "the prompt asks for {\(name)}, but the input is plain lines",
        advice: "Write {} for the line, or {{\(name)}} for the word in braces.")
    }
    do throws(Rejection) {
      let call = call(asking: options.prompt)
      guard options.chat.costLimit != nil else { return _ = try gateway.prepare(call) }
      guard try gateway.worstCost(of: call) == nil else { return }
    } catch {
      throw CommandFailure(rejection: error, about: call.target.name)
    }
    throw CommandFailure(
      .budget, "\(call.target.name): how long an answer may be is not known, so --max-cost cannot hold",
      advice: "Set a limit with -o max_tokens=N.")
  }

  func run() async -> Int32 {
    var loop = MapLoop(self)
    await loop.work()
    return loop.conclude()
  }

  func call(asking prompt: String) -> Call {
    var call = call
    call.request.messages = call.request.messages.filter { $0.role == .system } + [Message(.user, prompt)]
    return call
  }

  /// Makes the call of one item.
  func answer(_ item: MapItem, _ call: Call) async -> Outcome {
    await gateway.answer(call) { _ in }
  }
}
