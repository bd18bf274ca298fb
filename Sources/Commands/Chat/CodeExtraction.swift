// `-x`: the fenced code blocks of an answer. One that never closes is not a block: half a script is not run.

/// The contents of the code blocks of `text`, in order, each with the line end it closes with.
func codeBlocks(in text: String) -> [String] {
  var blocks: [String] = []
  var fence: CodeFence?
  var content = ""
  for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
    guard let open = fence else {
      fence = CodeFence(opening: line)
      content = ""
      continue
    }
    if open.isClosed(by: line) {
      blocks.append(content)
      fence = nil
    } else {
      content += open.content(of: line) + "\n"
    }
  }
  return blocks
}

extension CodeBlockChoice {
  /// The chosen block of an answer; `nil` when it has none.
  func block(of text: String) -> String? {
    let blocks = codeBlocks(in: text)
    return self == .first ? blocks.first : blocks.last
  }
}
