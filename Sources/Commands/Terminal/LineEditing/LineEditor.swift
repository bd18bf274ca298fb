// A prompt at which a person writes: keys, pastes, completion, an editor of their own; Ctrl-C and a new size of the
// screen come from the thread that takes signals.

import GatewayCore
import Glibc
import Synchronization

/// What came of waiting for a line.
package enum LineRead: Sendable, Equatable {
  case line(String)
  /// Ctrl-C: the line is given up.
  case interrupted
  /// Ctrl-D, or the terminal is gone.
  case ended
}

/// Reads lines from a terminal, one at a time.
///
/// `@unchecked Sendable`: all but `notes` and `reading` is touched by the thread of the one read that is under way.
package final class LineEditor: @unchecked Sendable, EditLine.Host {
  /// What the editor is given of the rest of the program.
  package struct Surroundings: Sendable {
    package var output: OutputStream
    /// False where control sequences are not understood.
    package var hasControlSequences: Bool
    package var history: InputHistory?
    /// What fits before the cursor.
    package var complete: @Sendable (_ before: String) -> Completion
    /// Lets the person write with a program of their own; `nil` when that failed.
    package var edit: @Sendable (_ text: String) -> String?
    /// Whether more lines must follow before Enter ends the text.
    package var isOpen: @Sendable (_ text: String) -> Bool

    package init(
      output: OutputStream, hasControlSequences: Bool, history: InputHistory?,
      complete: @escaping @Sendable (String) -> Completion, edit: @escaping @Sendable (String) -> String?,
      isOpen: @escaping @Sendable (String) -> Bool
    ) {
      self.output = output
      self.hasControlSequences = hasControlSequences
      self.history = history
      self.complete = complete
      self.edit = edit
      self.isOpen = isOpen
    }
  }

  private let surroundings: Surroundings
  private let notes: NotePipe
  private let keys: KeySource
  private let line: EditLine
  private var shelf = PasteShelf()
  private var prompt = ""
  /// The width of the screen when the line was drawn.
  private var drawnColumns = 80
  private var wasInterrupted = false
  private let reading = Atomic(false)

  /// What is wrong when there can be no editor.
  package static var problem: String? { EditLine.problem }

  /// `nil` when libedit is missing.
  package init?(_ surroundings: Surroundings) {
    guard let line = EditLine() else { return nil }
    self.surroundings = surroundings
    self.line = line
    notes = NotePipe()
    keys = KeySource(input: STDIN_FILENO, notes: notes)
    surroundings.history?.tidy()
    line.start(self, history: surroundings.history?.lines() ?? [])
  }

  /// Waits for a line; one that is cancelled is at its end.
  package func read(prompt: String) async -> LineRead {
    await DetachedThread.value(
      named: "llmgw-prompt", { self.readLine(prompt) }, stoppedBy: { [notes] in notes.tell(.ended) }) ?? .ended
  }

  /// From the thread that takes signals.
  package func interrupt() { notes.tell(.interrupted) }
  package func resize() { notes.tell(.resized) }
  package func suspend() { notes.tell(.suspended) }
  package var isReading: Bool { reading.load(ordering: .relaxed) }

  private func readLine(_ prompt: String) -> LineRead {
    self.prompt = prompt
    wasInterrupted = false
    drawnColumns = columns
    takePastes(true)
    reading.store(true, ordering: .relaxed)
    keys.beginLine()
    let text = line.readLine(prompt: styledPrompt)
    reading.store(false, ordering: .relaxed)
    takePastes(false)
    guard let text else {
      if !wasInterrupted { put("\n") }
      return wasInterrupted ? .interrupted : .ended
    }
    remember(text)
    return .line(shelf.expand(text))
  }

  private func remember(_ text: String) {
    guard !text.isEmpty, text.first?.isWhitespace != true else { return }
    line.remember(text)
    // Its words would mean nothing to the next process.
    if !shelf.holdsWord(in: text) { surroundings.history?.add(text) }
  }

  /// libedit takes what stands between two \1 for control sequences.
  private var styledPrompt: String {
    guard surroundings.output.hasColor else { return prompt }
    return "\u{1}\u{1B}[1m\u{1}\(prompt)\u{1}\u{1B}[0m\u{1}"
  }

  private func put(_ text: String) { try? surroundings.output.write(text) }

  private func takePastes(_ takes: Bool) {
    if surroundings.hasControlSequences { put(takes ? "\u{1B}[?2004h" : "\u{1B}[?2004l") }
  }

  // MARK: Keys

  func readCharacter() -> Unicode.Scalar? {
    while true {
      switch keys.next() {
      case .character(let scalar): return scalar
      case .note(.resized): redraw()
      case .note(.suspended): suspendAndReturn()
      case .note(.interrupted):
        wasInterrupted = true
        leaveText(saying: "^C")
        return nil
      case .note(.ended), .end: return nil
      case .silence: continue
      }
    }
  }

  func act(_ function: EditLine.Function) -> EditLine.Result {
    switch function {
    case .accept:
      let text = line.text
      guard surroundings.isOpen(shelf.expand(text.before + text.after)) else {
        line.endLine()
        return .nothing
      }
      line.insert("\n")
      return .refresh
    case .newline:
      line.insert("\n")
      return .refresh
    case .paste: return paste()
    case .complete: return complete()
    case .edit:
      edit()
      return .nothing
    }
  }

  private func paste() -> EditLine.Result {
    guard let text = PasteReader.read(from: keys) else {
      show("The paste is larger than \(PasteReader.most >> 20) MiB: attach it as a file.\n")
      return .beep
    }
    line.insert(shelf.shelve(text))
    return .refresh
  }

  private func complete() -> EditLine.Result {
    let completion = surroundings.complete(line.text.before)
    guard !completion.candidates.isEmpty else { return .beep }
    let certain = completion.certain
    guard certain.isEmpty else {
      line.insert(certain)
      return .refresh
    }
    show(completion.listing(width: columns))
    return .nothing
  }

  private func edit() {
    let text = line.text
    leaveText()
    takePastes(false)
    line.handBackTerminal()
    let edited = surroundings.edit(shelf.expand(text.before + text.after))
    line.takeTerminal()
    takePastes(true)
    if let edited { line.replace(with: shelf.shelve(edited)) }
    line.drawAnew()
  }

  // MARK: The screen

  private var columns: Int { Terminal.windowSize()?.columns ?? 80 }

  /// The rows of the line above and below the cursor.
  private func rows() -> (above: Int, below: Int) {
    var layout = ScreenLayout(columns: columns)
    let text = line.text
    layout.put(prompt + text.before)
    let above = layout.row
    layout.put(text.after)
    return (above, layout.row - above)
  }

  /// Moves to the row after the text, and writes there.
  private func leaveText(saying text: String = "") {
    put(String(repeating: "\r\n", count: rows().below) + text + "\r\n")
  }

  /// Writes below the text, and draws that again.
  private func show(_ text: String) {
    leaveText()
    put(text.replacing("\n", with: "\r\n"))
    line.drawAnew()
  }

  /// The terminal has broken the rows anew for its new width.
  private func redraw() {
    guard surroundings.hasControlSequences else { return }
    let now = columns
    var layout = ScreenLayout(columns: drawnColumns)
    layout.put(prompt + line.text.before)
    let above = layout.rowsAbove(brokenAnewFor: now)
    drawnColumns = now
    put("\r" + (above > 0 ? "\u{1B}[\(above)A" : "") + "\u{1B}[J")
    line.drawAnew()
  }

  private func suspendAndReturn() {
    leaveText()
    takePastes(false)
    line.handBackTerminal()
    suspendProcess()
    line.takeTerminal()
    takePastes(true)
    line.drawAnew()
  }
}
