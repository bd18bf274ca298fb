// Asks for a secret without showing it.

import Glibc

/// Reads one line from the terminal with the echo off; `nil` when there is no terminal.
func readHiddenLine(prompt: String) -> String? {
  let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
  guard terminal >= 0 else { return nil }
  defer { close(terminal) }
  var before = termios()
  guard tcgetattr(terminal, &before) == 0 else { return nil }
  var silent = before
  silent.c_lflag &= ~tcflag_t(ECHO)
  tcsetattr(terminal, TCSAFLUSH, &silent)
  defer {
    tcsetattr(terminal, TCSAFLUSH, &before)
    _ = write(terminal, "\n", 1)
  }
  _ = prompt.utf8.withContiguousStorageIfAvailable { write(terminal, $0.baseAddress, $0.count) }
  return line(from: terminal)
}

private func line(from descriptor: Int32) -> String {
  var bytes: [UInt8] = []
  var byte: UInt8 = 0
  while bytes.count < 1 << 16, read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
  return String(decoding: bytes, as: UTF8.self)
}
