// Long lists on a terminal go through the person's pager.

import GatewayCore
import Glibc

extension Invocation {
  /// Prints `text` on standard output: through the pager when it is a terminal and the text is longer than the screen.
  ///
  /// `$LLMGW_PAGER` goes before `$PAGER`, `less` is the default, and `cat` or nothing is none.
  package func showPaged(_ text: String) throws(OutputClosed) {
    guard terminal.stdout.isTerminal, let height = terminal.height, isLonger(text, than: height),
      let pager = Self.pager(environment)
    else { return try terminal.stdout.write(text) }
    // `less` alone would show colours as marks, and stay on the screen of a short text.
    let line = ": \"${LESS:=FRX}\"; export LESS; \(pager)"
    let status = interruption.yieldingTerminal { runShell(line, reading: text) }
    // 126 and 127: the shell could not start it.
    if status.map({ $0 == 126 || $0 == 127 }) ?? true { try terminal.stdout.write(text) }
  }

  private static func pager(_ environment: Environment) -> String? {
    let named = environment.variables["LLMGW_PAGER"] ?? environment.variables["PAGER"] ?? "less"
    return named.isEmpty || named == "cat" || environment["TERM"] == "dumb" ? nil : named
  }

  private func isLonger(_ text: String, than height: Int) -> Bool {
    text.utf8.lazy.filter { $0 == UInt8(ascii: "\n") }.prefix(height).count >= height
  }
}
