// What a person types while an answer arrives would stand amid it: it is shown at the next prompt instead.

import Glibc

/// Keeps the terminal from echoing keys until it ends.
struct EchoPause {
  private let before: termios?

  init() {
    var state = termios()
    guard tcgetattr(STDIN_FILENO, &state) == 0 else {
      before = nil
      return
    }
    before = state
    state.c_lflag &= ~tcflag_t(ECHO)
    tcsetattr(STDIN_FILENO, TCSANOW, &state)
  }

  func end() {
    guard var before else { return }
    tcsetattr(STDIN_FILENO, TCSANOW, &before)
  }
}
