// Most chunks of a stream repeat the one before but for a piece of text. Such a one is compared with it instead of read:
// some hundred instructions for a chunk of OpenAI's, where reading takes 13,000.

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

  private var chunk: ArraySlice<UInt8> = []
  /// In order, counted from the chunk's front, quotes left out.
  private var gaps: [Gap] = []
  private var told: ChatEvent?

  /// Keeps `chunk`, which told `events`, if it can stand for others; forgets the one before.
  ///
  /// `text` is where the text stands that was told, `filler` a string that says nothing, such as random padding.
  mutating func learn(
    _ chunk: ArraySlice<UInt8>, telling events: ArraySlice<ChatEvent>, text: Range<Int>?, filler: Range<Int>? = nil
  ) {
    guard let text, events.count == 1, let event = events.first, event.with(text: "") != nil else { return told = nil }
    self.chunk = chunk
    told = event
    gaps = [Gap(place: text, isTold: true)]
    if let filler { gaps.insert(Gap(place: filler, isTold: false), at: filler.lowerBound < text.lowerBound ? 0 : 1) }
    for index in gaps.indices { gaps[index].place = gaps[index].place.shifted(by: -chunk.startIndex) }
  }

  /// What `chunk` tells, if it is the one kept with another text; `nil` when it has to be read.
  func event(of chunk: ArraySlice<UInt8>) -> ChatEvent? {
    guard let told else { return nil }
    let (kept, new) = (self.chunk.span, chunk.span)
    var (keptIndex, index) = (0, 0)
    var text: Range<Int>?
    for gap in gaps {
      let fixed = gap.place.lowerBound - keptIndex
      guard new.holds(kept, from: keptIndex, count: fixed, at: index) else { return nil }
      let start = index + fixed
      let end = new.indexOfStringEnd(from: start)
      // Escapes and errors are for the one who reads.
      guard end.index < new.count, new[end.index] == ASCII.quote, end.index > start else { return nil }
      guard end.isASCII || (try? UTF8Span(validating: new.extracting(start..<end.index))) != nil else { return nil }
      if gap.isTold { text = start..<end.index }
      (keptIndex, index) = (gap.place.upperBound, end.index)
    }
    guard let text, kept.count - keptIndex == new.count - index,
      new.holds(kept, from: keptIndex, count: kept.count - keptIndex, at: index)
    else { return nil }
    return told.with(text: chunk[text.shifted(by: chunk.startIndex)].text)
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
