// The three standard streams: what they are, and writing to them without losing or leaking anything.

import GatewayCore
import Glibc

/// The streams of the process and what may be drawn on them.
package struct Terminal: Sendable {
  package var stdout: OutputStream
  package var stderr: OutputStream
  package var stdinIsTerminal: Bool
  /// Columns of the terminal, or 80.
  package var width: Int
  /// Lines of the terminal; `nil` when there is none.
  package var height: Int?
  /// The window may be given another size while we write.
  package var followsWindow = false

  package init(stdout: OutputStream, stderr: OutputStream, stdinIsTerminal: Bool, width: Int, height: Int? = nil) {
    self.stdout = stdout
    self.stderr = stderr
    self.stdinIsTerminal = stdinIsTerminal
    self.width = width
    self.height = height
  }

  /// The real streams.
  ///
  /// `COLUMNS`, `NO_COLOR`, `CLICOLOR_FORCE` and `TERM` are honoured, for each stream by itself.
  package static func standard(variable: (String) -> String?) -> Terminal {
    func stream(_ descriptor: Int32) -> OutputStream {
      let isTerminal = isatty(descriptor) == 1
      let isForced = variable("CLICOLOR_FORCE").map { $0 != "0" } ?? false
      let isPlain = variable("NO_COLOR") != nil || variable("TERM") == "dumb" || !isTerminal
      return OutputStream(descriptor: descriptor, isTerminal: isTerminal, hasColor: isForced || !isPlain)
    }
    let window = windowSize()
    let columns = variable("COLUMNS").flatMap { Int($0) } ?? window?.columns ?? 80
    var terminal = Terminal(
      stdout: stream(STDOUT_FILENO), stderr: stream(STDERR_FILENO), stdinIsTerminal: isatty(STDIN_FILENO) == 1,
      width: Self.sensible(columns), height: window?.lines)
    terminal.followsWindow = variable("COLUMNS").flatMap { Int($0) } == nil
    return terminal
  }

  /// Columns of the window as it is now.
  var currentWidth: Int { followsWindow ? Self.windowSize().map { Self.sensible($0.columns) } ?? width : width }

  private static func sensible(_ columns: Int) -> Int { min(max(columns, 20), 1000) }

  /// What the terminal says of itself now; `nil` when there is none.
  static func windowSize() -> (columns: Int, lines: Int)? {
    var size = winsize()
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
      if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
        return (Int(size.ws_col), Int(size.ws_row))
      }
    }
    return nil
  }
}

/// A descriptor that is written to at once, or a list of what was written in a test.
package struct OutputStream: Sendable {
  package var isTerminal: Bool
  package var hasColor: Bool
  private let put: @Sendable ([UInt8]) throws(OutputClosed) -> Void

  package init(isTerminal: Bool, hasColor: Bool, put: @escaping @Sendable ([UInt8]) throws(OutputClosed) -> Void) {
    self.isTerminal = isTerminal
    self.hasColor = hasColor
    self.put = put
  }

  package init(descriptor: Int32, isTerminal: Bool, hasColor: Bool) {
    self.init(isTerminal: isTerminal, hasColor: hasColor) { (bytes) throws(OutputClosed) in
      try writeAll(bytes, to: descriptor)
    }
  }

  package func write(_ text: String) throws(OutputClosed) {
    if !text.isEmpty { try put(Array(text.utf8)) }
  }

  /// Bytes that are no text.
  package func write(bytes: [UInt8]) throws(OutputClosed) {
    if !bytes.isEmpty { try put(bytes) }
  }

  /// A text that somebody else wrote: a terminal gets it without what would steer it.
  package func writable(_ text: String) -> String { isTerminal ? safeForTerminal(text) : text }

  /// A line of our own for the person: a stream that takes nothing any more is no reason to stop.
  package func note(_ text: String) {
    try? write(text + "\n")
  }

  /// `text` in a style, where colour is wanted.
  package func styled(_ text: String, _ style: TextStyle) -> String {
    hasColor && !text.isEmpty ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}

/// How text stands out: the parameter of ECMA-48's SGR.
package enum TextStyle: String, Sendable {
  case bold = "1"
  case dim = "2"
  case red = "31"
  case green = "32"
  case yellow = "33"
  case cyan = "36"
}

/// Nothing can be written to the stream any more.
package struct OutputClosed: Error, Equatable {
  /// `EPIPE` when the reader left, `ENOSPC` when the disk is full, ...
  package var code: Int32
  package init(code: Int32) { self.code = code }

  /// The reader has had enough (`| head`), which is no failure.
  package var readerLeft: Bool { code == EPIPE }
  /// The system's words for the code.
  package var words: String { errorText(code) }
}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(OutputClosed) {
  var sent = 0
  while sent < bytes.count {
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent) }
    if count >= 0 {
      sent += count
    } else if errno == EAGAIN {
      var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      poll(&wait, 1, -1)
    } else if errno != EINTR {
      throw OutputClosed(code: errno)
    }
  }
}
