// libedit behind a few methods. The only file that names it.

import CEdit
import Glibc

/// Owns a line editor of the C library.
///
/// For one thread at a time.
final class EditLine {
  /// What a key of ours does next.
  enum Result: Int32 {
    case nothing = 0
    case refresh = 4
    case beep = 6
  }

  /// Keys of ours, by the names that `~/.editrc` may use.
  enum Function: Int32, CaseIterable {
    case accept, newline, paste, complete, edit

    var name: String {
      switch self {
      case .accept: "llmgw-accept"
      case .newline: "llmgw-newline"
      case .paste: "llmgw-paste"
      case .complete: "llmgw-complete"
      case .edit: "llmgw-edit"
      }
    }
  }

  /// Who reads keys and acts on them.
  protocol Host: AnyObject {
    /// The next character; `nil` gives the line up.
    func readCharacter() -> Unicode.Scalar?
    func act(_ function: Function) -> Result
  }

  /// What is wrong when there is no libedit.
  static var problem: String? { cedit_load().map { String(cString: $0) } }

  private var handle: OpaquePointer?
  private var prompt: UnsafeMutablePointer<CChar>?
  private weak var host: (any Host)?

  /// `nil` when the library is missing.
  init?() {
    guard Self.problem == nil else { return nil }
    // Without such a locale letters outside ASCII are lost; the system of any container has one.
    _ = cedit_use_utf8()
  }

  deinit {
    handle.map(cedit_close)
    prompt.map { free($0) }
  }

  /// Starts the editor with keys that call `host`, and what `~/.editrc` says of the others.
  func start(_ host: any Host, history: [String]) {
    self.host = host
    var calls = cedit_host()
    calls.context = Unmanaged.passUnretained(self).toOpaque()
    calls.read = { context in EditLine.at(context)?.host?.readCharacter().map { Int32($0.value) } ?? -1 }
    calls.prompt = { context in UnsafePointer(EditLine.at(context)?.prompt) }
    calls.act = { context, number in
      guard let function = Function(rawValue: number) else { return 0 }
      return (EditLine.at(context)?.host?.act(function) ?? .nothing).rawValue
    }
    handle = cedit_open("llmgw", &calls, 1)
    guard let handle else { return }
    for function in Function.allCases { cedit_add_function(handle, function.rawValue, function.name) }
    for (keys, function) in Self.usualKeys { cedit_bind(handle, keys, function) }
    cedit_read_user_file(handle)
    for (keys, function) in Self.ownKeys { cedit_bind(handle, keys, function.name) }
    for line in history { cedit_remember(handle, line) }
  }

  private static func at(_ context: UnsafeMutableRawPointer?) -> EditLine? {
    context.map { Unmanaged<EditLine>.fromOpaque($0).takeUnretainedValue() }
  }

  /// Pressed for the person, after which the line is over.
  private static let endOfLine = "\u{1D}"

  /// What people expect and libedit does not have by itself.
  private static let usualKeys = [
    ("\\e[1;5D", "ed-prev-word"), ("\\e[1;5C", "em-next-word"), ("\\e[1;3D", "ed-prev-word"),
    ("\\e[1;3C", "em-next-word"), ("\\e[3~", "ed-delete-next-char"), ("\\e[3;5~", "em-delete-next-word"),
    ("\\e[H", "ed-move-to-beg"), ("\\e[F", "ed-move-to-end"), ("\\e[1~", "ed-move-to-beg"),
    ("\\e[4~", "ed-move-to-end"), ("^R", "em-inc-search-prev"), ("^W", "ed-delete-prev-word"),
    ("\\eb", "ed-prev-word"), ("\\ef", "em-next-word"), ("\\ed", "em-delete-next-word"),
  ]

  /// Not for `~/.editrc` to take away: without them a pasted page becomes many messages.
  private static let ownKeys: [(String, Function)] = [
    ("^M", .accept), ("^J", .newline), ("\\e^M", .newline), ("\\e^J", .newline), ("\\e[13;2u", .newline),
    ("\\e[27;2;13~", .newline), ("\\e[200~", .paste), ("^I", .complete), ("^X^E", .edit),
  ]

  // MARK: A line

  /// Reads one line; `nil` when it was given up, or ended with Ctrl-D.
  func readLine(prompt text: String) -> String? {
    guard let handle else { return nil }
    prompt.map { free($0) }
    prompt = strdup(text)
    cedit_bind(handle, Self.endOfLine, "ed-newline")
    guard let line = cedit_read_line(handle) else { return nil }
    let text = String(cString: line)
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }

  /// The text being edited, and how much of it stands before the cursor.
  var text: (before: String, after: String) {
    guard let handle else { return ("", "") }
    var (length, cursor) = (0, 0)
    guard let start = cedit_text(handle, &length, &cursor) else { return ("", "") }
    let bytes = UnsafeRawBufferPointer(start: start, count: length)
    return (
      String(decoding: bytes.prefix(cursor), as: UTF8.self), String(decoding: bytes.dropFirst(cursor), as: UTF8.self)
    )
  }

  func insert(_ text: String) { handle.map { cedit_insert($0, text) } }

  /// Replaces all that is typed.
  func replace(with text: String) {
    guard let handle else { return }
    let old = self.text
    cedit_move(handle, Int32(clamping: old.after.unicodeScalars.count))
    cedit_delete(handle, Int32(clamping: (old.before + old.after).unicodeScalars.count))
    cedit_insert(handle, text)
  }

  /// Ends the line as Enter does.
  func endLine() { handle.map { cedit_push($0, Self.endOfLine) } }

  func remember(_ line: String) { handle.map { cedit_remember($0, line) } }

  // MARK: The screen

  /// Draws the line anew from where the cursor is; the size of the screen is asked for again.
  func drawAnew() {
    handle.map(cedit_ask_for_size)
    handle.map(cedit_refresh)
  }

  func handBackTerminal() { handle.map { cedit_take_terminal($0, 0) } }
  func takeTerminal() { handle.map { cedit_take_terminal($0, 1) } }
}
