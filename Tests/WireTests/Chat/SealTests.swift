// Seals travel through clients of other dialects and come back as they were.

import Testing
import Wire

struct SealTests {
  static let texts = ["sig", "", "a.b.c", "llmgw.x.y", "é+/=", String(repeating: "A", count: 5000)]

  @Test(arguments: texts)
  func `a foreign seal comes back from where it was carried`(_ text: String) {
    let seal = Seal(text, of: .gemini)
    #expect(seal.carried(in: .anthropic) != text)
    #expect(Seal(carried: seal.carried(in: .anthropic), in: .anthropic) == seal)
  }

  @Test func `a dialect's own seal is carried as it is`() {
    #expect(Seal("sig", of: .anthropic).carried(in: .anthropic) == "sig")
    #expect(Seal(carried: "sig", in: .anthropic) == Seal("sig", of: .anthropic))
    #expect(Seal(carried: "llmgw.", in: .openAI) == Seal("llmgw.", of: .openAI))
  }

  @Test(arguments: texts, [Seal.Family?.none, .gemini])
  func `a call's id carries its seal in letters that every client takes`(_ text: String, _ family: Seal.Family?) {
    let seal = Seal(text, of: family)
    let id = seal.attached(toCallID: "call_1")
    #expect(id.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-".utf8.contains($0) })
    let (plain, back) = Seal.detached(fromCallID: id)
    #expect(plain == "call_1")
    #expect(back == seal)
  }

  @Test(arguments: ["call_1", "", "__seal_", "a__seal_%%", "a__seal_AAAA"])
  func `an id without a seal is left alone`(_ id: String) {
    let (plain, seal) = Seal.detached(fromCallID: id)
    #expect(plain == id)
    #expect(seal == nil)
  }
}
