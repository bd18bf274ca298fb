// Most events of a stream repeat the one before but for a piece of text. Such a one is compared with it instead of
// read, and its end need not be searched for: some hundred instructions for a chunk of OpenAI's, where framing takes
// 1,500 and reading 13,000.

/// The chunk read last, when it told one piece of text and nothing else.
///
/// Whoever reads chunks keeps one of these, asks it first, and lets it see each chunk that had to be read. What a chunk
/// changes besides what it tells must be the same when it comes again with another text.
struct ChunkPattern: Sendable {
  /// A string that may differ: its text is told, or says nothing.
  private struct Gap {
    var place: Range<Int>
    var isTold: Bool
  }

  /// The event in which the chunk came, or the chunk alone; a copy, so that it keeps nothing larger alive.
  private var kept: [UInt8] = []
  /// Where the chunk stands in it.
  private var chunk = 0..<0
  /// In order, quotes left out.
  private var gaps: [Gap] = []
  private var told: ChatEvent?

  /// Keeps `chunk`, which told `events`, if it can stand for others; forgets the one before.
  ///
  /// `frame` is the event it came in, if that is known, `text` where the text stands that was told, `filler` a string
  /// that says nothing, such as random padding. All of them are places in the same bytes.
  mutating func learn(
    _ chunk: ArraySlice<UInt8>, in frame: ArraySlice<UInt8>? = nil, telling events: ArraySlice<ChatEvent>,
    text: Range<Int>?, filler: Range<Int>? = nil
  ) {
    guard let text, events.count == 1, let event = events.first, event.with(text: "") != nil else { return told = nil }
    let whole = frame ?? chunk
    let distance = -whole.startIndex
    kept = Array(whole)
    self.chunk = chunk.indices.shifted(by: distance)
    told = event
    gaps = [Gap(place: text.shifted(by: distance), isTold: true)]
    if let filler {
      let gap = Gap(place: filler.shifted(by: distance), isTold: false)
      gaps.insert(gap, at: filler.lowerBound < text.lowerBound ? 0 : 1)
    }
  }

  /// What `chunk` tells, if it is the one kept with another text; `nil` when it has to be read.
  func event(of chunk: ArraySlice<UInt8>) -> ChatEvent? {
    guard let told, let (text, end) = match(self.chunk, in: chunk.span, from: 0), end == chunk.count else { return nil }
    return told.with(text: chunk[text.shifted(by: chunk.startIndex)].text)
  }

  /// What the event tells that begins at `start`, if it is the one kept with another text: then `start` is its end.
  ///
  /// With `isJoining` it tells the texts of all such events that follow it too. `nil` when it has to be read, or has not
  /// come as a whole.
  func event(in bytes: [UInt8], from start: inout Int, isJoining: Bool) -> ChatEvent? {
    guard let told, chunk.count < kept.count, let first = match(kept.indices, in: bytes.span, from: start) else {
      return nil
    }
    start = first.end
    guard isJoining, var next = match(kept.indices, in: bytes.span, from: start) else {
      return told.with(text: bytes[first.text].text)
    }
    var texts = Array(bytes[first.text])
    while true {
      texts += bytes[next.text]
      start = next.end
      guard let following = match(kept.indices, in: bytes.span, from: start) else { break }
      next = following
    }
    return told.with(text: texts[...].text)
  }

  /// Compares a part of what is kept with the bytes from `start` on; gives where the text stands and where they differ
  /// no more.
  private func match(_ part: Range<Int>, in bytes: Span<UInt8>, from start: Int) -> (text: Range<Int>, end: Int)? {
    let kept = kept.span
    var (keptIndex, index) = (part.lowerBound, start)
    var text: Range<Int>?
    for gap in gaps {
      let fixed = gap.place.lowerBound - keptIndex
      guard bytes.holds(kept, from: keptIndex, count: fixed, at: index) else { return nil }
      let start = index + fixed
      let end = bytes.indexOfStringEnd(from: start)
      // Escapes and errors are for the one who reads.
      guard end.index < bytes.count, bytes[end.index] == ASCII.quote, end.index > start else { return nil }
      guard end.isASCII || (try? UTF8Span(validating: bytes.extracting(start..<end.index))) != nil else { return nil }
      if gap.isTold { text = start..<end.index }
      (keptIndex, index) = (gap.place.upperBound, end.index)
    }
    let rest = part.upperBound - keptIndex
    guard let text, bytes.holds(kept, from: keptIndex, count: rest, at: index) else { return nil }
    return (text, index + rest)
  }
}

extension ChatEvent {
  /// The same event with another piece of text; `nil` for what is no piece of text.
  fileprivate func with(text: String) -> ChatEvent? {
    switch self {
    case .text: .text(text)
    case .reasoning: .reasoning(text)
    case .toolArguments(let index, _): .toolArguments(index: index, text)
    default: nil
    }
  }
}

extension Range<Int> {
  fileprivate func shifted(by distance: Int) -> Range<Int> { lowerBound + distance..<upperBound + distance }
}
