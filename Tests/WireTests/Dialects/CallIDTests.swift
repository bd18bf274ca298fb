// Ids of calls are made fit for whom they go to, the same for a call and its result.

import Testing

@testable import Wire

struct CallIDs {
  @Test(arguments: [
    (CallIDForm.any, "a.b:ü", "a.b:ü"), (.word, "a.b:c-d_e", "a_b_c-d_e"), (.word, "toolu_01", "toolu_01"),
    (.upTo(4), "abcdef", "cdef"), (.upTo(6, punctuation: "."), "a.b:c", "a.b_c"),
    (.alphanumeric(exactly: 9), "abcDEF123", "abcDEF123"),
  ])
  func `an id is made fit`(_ form: CallIDForm, _ id: String, _ fit: String) {
    #expect(form.fit(id) == fit)
    #expect(form.fit(fit) == fit)
  }

  @Test func `an id that does not fit a form of one length gets another, its own`() {
    let ids = ["call_1", "call_2", "toolu_01ABC", "", "abcDEF12_", String(repeating: "x", count: 500)]
    let fit = ids.map { CallIDForm.alphanumeric(exactly: 9).fit($0) }
    #expect(Set(fit).count == ids.count)
    #expect(fit.allSatisfy { $0.count == 9 && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } })
  }

  @Test func `a call and its result keep together, and the change is said`() throws {
    let call = ContentPart(.toolCall(ToolCall(id: "toolu_01", name: "f", arguments: "{}")))
    let result = ContentPart(.toolResult(ToolResult(callID: "toolu_01", content: [])))
    let request = ChatRequest(model: "m", messages: [Message(.assistant, [call]), Message(.tool, [result])])
    let quirks = try Quirks(json: ["tool_call_ids": "alphanumeric-9"])
    for dialect in [OpenAIChat.self, OpenAIResponses.self] as [any Dialect.Type] {
      let encoded = try dialect.encode(request, to: ModelTraits(), quirks: quirks)
      let id = CallIDForm.alphanumeric(exactly: 9).fit("toolu_01")
      #expect(String(decoding: encoded.body, as: UTF8.self).split(separator: id).count == 3)
      #expect(encoded.changes.contains { $0.field == "messages[0].content[0].id" && $0.what == .converted })
    }
  }
}
