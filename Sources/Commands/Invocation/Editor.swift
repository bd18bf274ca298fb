// The person's own editor, for what is longer than a line.

import GatewayCore
import Glibc

extension Invocation {
  /// The largest text that is taken back from an editor.
  private static let largestText = 16 << 20

  /// Opens `$VISUAL`, `$EDITOR` or vi on a file and waits until it is closed.
  func openEditor(on path: String) throws(CommandFailure) {
    let editor = environment.first(of: ["VISUAL", "EDITOR"])?.value ?? "vi"
    let line = "\(editor) '\(path.replacing("'", with: "'\\''"))'"
    let status = interruption.yieldingTerminal { (try? ShellProcess(line))?.wait() }
    guard status == 0 else {
      let end = status.map { "ended with status \($0)" } ?? "could not be started"
      throw CommandFailure(.general, "editor '\(editor)': it \(end)", advice: "Set VISUAL or EDITOR.")
    }
  }

  /// Lets the person change a text, in a file that only they may read and that is gone afterwards.
  ///
  /// The line end that editors put behind the last line is taken off.
  func edited(_ text: String) throws(CommandFailure) -> String {
    let folder = environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    var template = Array("\(folder)/llmgw-XXXXXX.md".utf8CString)
    let descriptor = mkstemps(&template, 3)
    guard descriptor >= 0 else {
      throw CommandFailure(.general, "editor: a file in '\(folder)': \(errorText(errno))")
    }
    close(descriptor)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { unlink(path) }
    let bytes: [UInt8]
    do {
      try replaceFile(path, with: Array((text.isEmpty ? "" : text + "\n").utf8), mode: 0o600)
      try openEditor(on: path)
      bytes = try readFile(path, limit: Self.largestText)
    } catch let failure as FileFailure {
      throw CommandFailure(.general, "editor: \(failure.why)")
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.general, "editor: \(error)")
    }
    guard let edited = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure(.usage, "editor: the text is not UTF-8")
    }
    return edited.hasSuffix("\n") ? String(edited.dropLast()) : edited
  }
}
