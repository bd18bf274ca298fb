// Ids that sort by time, and the provider inside the program.

import Testing
import Wire

@testable import GatewayCore

struct SortableIDs {
  @Test(arguments: [
    (0, 0, "00000000000000000000000000"), (0, 1, "00000000000000000000000001"),
    (0, UInt128.max, "0000000000ZZZZZZZZZZZZZZZZ"), (1000, 0, "00000000010000000000000000"),
    (1_469_918_176_385_000, 0, "01ARYZ6S410000000000000000"), (-5, 0, "00000000000000000000000000"),
    ((1 << 48) * 1000 - 1, UInt128.max, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"),
  ])
  func `an id is its time and its chance in 26 characters`(_ time: Int64, _ random: UInt128, _ id: String) {
    #expect(sortableID(at: Timestamp(microseconds: time), random: random) == id)
  }

  @Test func `ids sort by time, whatever chance brings`() {
    let ids = (0..<100).map { index in
      sortableID(at: mondayNoon.later(seconds: Int64(index)), random: index % 2 == 0 ? .max : 0)
    }
    #expect(ids == ids.sorted())
    #expect(Set(ids).count == 100)
  }
}

struct OfflineEchoes {
  @Test(arguments: ["hi", "", " ", "a  b\n\nc ", "\n lead", "é 😀\u{301} x"])
  func `the prompt comes back word by word`(_ prompt: String) {
    let request = ChatRequest(model: "echo", messages: [Message(.system, "s"), Message(.user, prompt)])
    let events = OfflineEcho.events(answering: request)
    let pieces = events.compactMap { if case .text(let piece) = $0 { piece } else { nil } }
    #expect(pieces.joined() == prompt)
    #expect(pieces.allSatisfy { $0.split(whereSeparator: \.isWhitespace).count <= 1 })
    #expect(events.contains(.finished(Finish(.stop, word: "stop"))))
    #expect(
      events.last
        == .usage(Usage(input: TokenEstimate.input(of: request), output: TokenEstimate.of(prompt))))
  }

  @Test func `the last turn of the user is the prompt, and media are named`() {
    let image = ContentPart(.image(Media(.url("https://i"), mediaType: nil)))
    let messages = [
      Message(.user, "first"), Message(.user, [ContentPart(.text("see ")), image]), Message(.assistant, "no"),
    ]
    let events = OfflineEcho.events(answering: ChatRequest(model: "echo", messages: messages))
    let text = events.compactMap { if case .text(let piece) = $0 { piece } else { nil } }.joined()
    #expect(text == "see [image]")
  }
}
