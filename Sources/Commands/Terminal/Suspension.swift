// Ctrl-Z for a process that takes its signals itself.

import Glibc

/// Stops the process as SIGTSTP does by itself, and returns when it goes on.
///
/// The kernel stops none that nobody could wake up again: the first process of a session, say.
package func suspendProcess() {
  signal(SIGTSTP, SIG_DFL)
  var set = sigset_t()
  var before = sigset_t()
  sigemptyset(&set)
  sigaddset(&set, SIGTSTP)
  raise(SIGTSTP)
  pthread_sigmask(SIG_UNBLOCK, &set, &before)
  pthread_sigmask(SIG_SETMASK, &before, nil)
}
