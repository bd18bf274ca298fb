// SIGINT, SIGTERM and SIGHUP are taken by a thread of their own; no handler runs Swift.

import Commands
import Glibc

private let watched = [SIGINT, SIGTERM, SIGHUP]

/// Blocks the watched signals in this thread, and so in all later ones, and starts the thread that waits for them.
func watchSignals(for interruption: Interruption) {
  var set = watchedSet()
  pthread_sigmask(SIG_BLOCK, &set, nil)
  var thread = pthread_t()
  let context = Unmanaged.passRetained(interruption).toOpaque()
  pthread_create(
    &thread, nil,
    { context in
      guard let context else { return nil }
      let interruption = Unmanaged<Interruption>.fromOpaque(context).takeRetainedValue()
      var set = watchedSet()
      while true {
        var signal: Int32 = 0
        guard sigwait(&set, &signal) == 0 else { continue }
        if !interruption.receive(signal) { endBy(signal) }
      }
    }, context)
  pthread_detach(thread)
}

/// Ends the process by the signal itself, so that a shell loop around it stops too.
func endBy(_ number: Int32) -> Never {
  signal(number, SIG_DFL)
  var set = sigset_t()
  sigemptyset(&set)
  sigaddset(&set, number)
  raise(number)
  pthread_sigmask(SIG_UNBLOCK, &set, nil)
  exit(128 + number)
}

private func watchedSet() -> sigset_t {
  var set = sigset_t()
  sigemptyset(&set)
  for number in watched { sigaddset(&set, number) }
  return set
}

/// The environment as the process got it.
func processVariables() -> [String: String] {
  var variables: [String: String] = [:]
  var entry = environ
  while let text = entry.pointee {
    let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
    entry += 1
  }
  return variables
}
