// The real world, wired up: clock, chance, environment, streams, signals.

import Commands
import GatewayCore
import Glibc

// Before the first thread starts, so that all of them inherit the mask and only `waitForSignals` takes signals.
blockSignals()
// A reader that left is an error of `write`, not a reason to die before the call is booked.
signal(SIGPIPE, SIG_IGN)

let interruption = Interruption()
let environment = Environment(variables: processVariables())
let invocation = Invocation(
  environment: environment,
  terminal: .standard { environment[$0] },
  readStdin: { (limit) throws(FileFailure) in
    try readAll(STDIN_FILENO, path: "standard input", limit: limit)
  },
  runtime: Runtime(
    now: { Timestamp.systemClock() },
    uptimeMicroseconds: uptimeMicroseconds,
    sleep: { try await Task.sleep(for: $0) },
    makeID: { sortableID(at: Timestamp.systemClock(), random: UInt128.random(in: 0...UInt128.max)) },
    random: { Double.random(in: 0..<1) }),
  interruption: interruption)

// Not `await` at the top level: libdispatch would then let the main thread take every signal, and die of the first.
Task.detached { [interruption, invocation] in
  let status = await AllCommands.run(Array(CommandLine.arguments.dropFirst()), invocation)
  if let signal = interruption.signal { endBy(signal) }
  exit(status)
}
waitForSignals(interruption)
