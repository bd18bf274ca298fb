// Text for the clipboard: by a program of the desktop, or by the terminal itself (OSC 52), which also works over SSH.

import GatewayCore
import Glibc
import Wire

/// How text gets onto the clipboard of whoever sits before the terminal.
enum Clipboard: Equatable {
  /// A line of shell that reads the text.
  case program(String)
  case terminal

  /// The longest text for a terminal, in bytes: xterm and tmux take 100,000 characters of Base64 with the sequence.
  static let longestForTerminal = 74_994

  /// `nil` when there is no clipboard.
  ///
  /// A desktop's own program goes first: it says whether it worked, and many terminals ignore OSC 52.
  init?(environment: Environment, hasTerminal: Bool, isInstalled: (String) -> Bool) {
    let isRemote = environment["SSH_CONNECTION"] != nil
    let programs = [
      ("WAYLAND_DISPLAY", "wl-copy", ""), ("DISPLAY", "xclip", " -selection clipboard"),
      ("DISPLAY", "xsel", " --clipboard --input"), ("HOME", "pbcopy", ""),
    ]
    let found = programs.first { environment[$0.0] != nil && isInstalled($0.1) }
    if let found, !isRemote || !hasTerminal {
      // Some stay in the background for as long as they own the clipboard: they must not hold our output open.
      self = .program("\(found.1)\(found.2) >/dev/null 2>&1")
    } else if hasTerminal, environment["TERM"] != "dumb" {
      self = .terminal
    } else {
      return nil
    }
  }

  /// The control sequence that hands `text` to the terminal.
  static func controlSequence(for text: String) -> String { "\u{1B}]52;c;\(base64(Array(text.utf8)))\u{07}" }
}

extension Invocation {
  /// Copies `text`, or says why not.
  func copy(_ text: String) throws(CommandFailure) {
    let screen = [terminal.stderr, terminal.stdout].first(where: \.isTerminal)
    let clipboard = Clipboard(environment: environment, hasTerminal: screen != nil) { isInstalled($0) }
    switch clipboard {
    case .program(let line):
      let status = runShell(line, reading: text)
      guard status == 0 else {
        throw CommandFailure(.general, "clipboard: '\(line.prefix { $0 != " " })' did not take the text")
      }
    case .terminal:
      guard text.utf8.count <= Clipboard.longestForTerminal else {
        throw CommandFailure(
          .general, "clipboard: the answer is longer than a terminal takes (\(Clipboard.longestForTerminal) bytes)",
          advice: "Write it with --output.")
      }
      try? screen?.write(Clipboard.controlSequence(for: text))
    case nil:
      throw CommandFailure(
        .general, "clipboard: there is none to copy to",
        advice: "Use a terminal, or install wl-copy or xclip on the desktop.")
    }
  }

  private func isInstalled(_ program: String) -> Bool {
    (environment["PATH"] ?? "").split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
  }
}
