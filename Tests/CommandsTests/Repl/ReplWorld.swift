// The real program at a pseudo-terminal, with a home of its own.

import Glibc
import TestSupport
import Testing

extension ProgramHome {
  /// Starts `llmgw` with these words at a terminal.
  func atTerminal(
    _ arguments: String..., environment: [String: String] = [:], columns: Int = 80, rows: Int = 24
  ) throws -> PseudoTerminal {
    try atTerminal(arguments, environment: environment, columns: columns, rows: rows)
  }

  func atTerminal(
    _ arguments: [String], environment: [String: String] = [:], columns: Int = 80, rows: Int = 24
  ) throws -> PseudoTerminal {
    var variables = environmentOfProgram
    variables["TERM"] = "xterm"
    variables["LC_ALL"] = "C"
    variables.merge(environment) { $1 }
    return try #require(
      PseudoTerminal(RunningProgram.path, arguments, environment: variables, columns: columns, rows: rows))
  }
}

extension PseudoTerminal {
  /// Waits for an empty prompt below everything else.
  @discardableResult
  func untilPrompt(_ prompt: String = "echo>") async -> Screen { await until { $0.currentLine == prompt } }

  /// Types a message and waits for the prompt after its answer.
  @discardableResult
  func say(_ text: String, prompt: String = "echo>") async -> Screen {
    let answers = screen.history.ranges(of: "· session ").count
    type(text + Key.enter)
    return await until {
      $0.history.ranges(of: "· session ").count > answers && $0.currentLine == prompt
    }
  }

  /// Types a command and waits for what it shows.
  @discardableResult
  func command(_ text: String, shows part: String) async -> Screen {
    type(text + Key.enter)
    return await until { $0.text.contains(part) && $0.currentLine.hasSuffix(">") }
  }

  /// How the program ended.
  func ending() async -> Ending {
    let status = await end()
    let signal = status & 0x7f
    return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
  }
}

/// Keys as xterm sends them.
enum Key {
  static let enter = "\r"
  static let altEnter = "\u{1B}\r"
  static let tab = "\t"
  static func control(_ letter: Unicode.Scalar) -> String {
    String(Character(Unicode.Scalar(UInt8(letter.value & 0x1F))))
  }
  static let left = "\u{1B}[D"
  static let up = "\u{1B}[A"
  static let controlLeft = "\u{1B}[1;5D"
}
