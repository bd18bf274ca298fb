// Signals are waited for by the main thread; no handler runs Swift.

import Commands
import Glibc

private let watched = [SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH]

/// Blocks the watched signals in this thread, and so in all that it starts.
func blockSignals() {
  var set = watchedSet()
  pthread_sigmask(SIG_BLOCK, &set, nil)
}

/// Takes signals until the process ends: a call under way is cancelled and booked, anything else ends or stops at once.
func waitForSignals(_ interruption: Interruption) -> Never {
  var set = watchedSet()
  while true {
    var signal: Int32 = 0
    guard sigwait(&set, &signal) == 0 else { continue }
    if interruption.receive(signal) { continue }
    switch signal {
    case SIGWINCH: continue
    case SIGTSTP: suspendProcess()
    default: endBy(signal)
    }
  }
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
