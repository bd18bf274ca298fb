// Starts the program in the real world and waits for its end or for a signal.

import Commands
import Glibc

// Before the first thread starts, so that all of them inherit the mask and only `waitForSignals` takes signals.
blockSignals()
// A reader that left is an error of `write`, not a reason to die before the call is booked.
signal(SIGPIPE, SIG_IGN)

occupyStandardStreams()

let world = realWorld()
// Not `await` at the top level: libdispatch would then let the main thread take every signal, and die of the first.
Task.detached { [world] in
  let status = await AllCommands.run(Array(CommandLine.arguments.dropFirst()), world)
  if let signal = world.interruption.signal { endBy(signal) }
  exit(status)
}
waitForSignals(world.interruption)
