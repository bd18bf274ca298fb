// Conversations as they are kept: nothing of a message is lost, and no branch by going another way.

import Glibc
import Testing
import Wire

@testable import GatewayCore

struct AStoredMessage {
  private static let seal = Seal("proof", of: .gemini)

  private static let parts: [ContentPart] = {
    var signed = ContentPart(.toolCall(ToolCall(id: "c1", name: "look", arguments: #"{"a":1.0}"#)))
    signed.signature = seal
    var cited = ContentPart(.text("said"), cacheControl: ["type": "ephemeral"])
    cited.extras = ["citations": ["x"]]
    return [
      cited, signed, ContentPart(.refusal("no")),
      ContentPart(.reasoning(ReasoningBlock(text: "hm", signature: Seal("s", of: .anthropic), encrypted: nil))),
      ContentPart(.reasoning(ReasoningBlock(text: "", encrypted: Seal("e", of: nil)))),
      ContentPart(.image(Media(.base64("aGk="), mediaType: "image/png", name: "a.png", detail: "low"))),
      ContentPart(.document(Media(.url("https://x/y.pdf"), mediaType: nil))),
      ContentPart(.audio(Media(.fileID("f1"), mediaType: "audio/wav"))),
      ContentPart(.document(Media(.text("plain"), mediaType: "text/plain"))),
      ContentPart(.toolCall(ToolCall(id: "c2", name: "free", arguments: "any", kind: .custom))),
      ContentPart(.toolCall(ToolCall(id: "c3", name: "search", arguments: "{}", kind: .atProvider))),
      ContentPart(
        .toolResult(
          ToolResult(
            callID: "c1",
            content: [ContentPart(.text("3")), ContentPart(.image(Media(.url("u"), mediaType: nil)))], isError: true))),
      ContentPart(.other(type: "server_tool_use", ["type": "server_tool_use", "n": 1])),
    ]
  }()

  @Test(arguments: parts)
  func `comes back as it was`(_ part: ContentPart) throws {
    var message = Message(.assistant, [part, ContentPart(.text(""))], name: "n")
    message.extras = ["phase": "final"]
    #expect(Message(stored: try JSON.parse(message.stored.text)) == message)
  }

  @Test(arguments: [
    #"{}"#, #"{"role":"user"}"#, #"{"role":"nobody","content":[]}"#, #"{"role":"user","content":[{"what":1}]}"#,
  ])
  func `of another kind is none`(_ text: String) throws { #expect(Message(stored: try JSON.parse(text)) == nil) }
}

struct AConversationStore {
  private let folder: String
  private let files: LedgerFiles
  private let store: ConversationStore
  private static let now = Timestamp(microseconds: 1_700_000_000_000_000)

  init() throws {
    var template = Array("/tmp/llmgw-conversation-XXXXXX".utf8CString)
    folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    files = LedgerFiles(directory: folder)
    try files.create()
    store = try #require(try ConversationStore(files, settings: LedgerSettings(), now: Self.now))
  }

  private func later(_ seconds: Int64) -> Timestamp {
    Timestamp(microseconds: Self.now.microseconds + seconds * 1_000_000)
  }

  private func begin(_ id: String, name: String? = nil, directory: String? = nil, terminal: String? = nil)
    throws -> SessionRecord
  {
    try store.create(
      id: id, name: name, directory: directory, terminal: terminal, settings: ["model": "a/b"], now: Self.now)
  }

  @discardableResult
  private func say(_ text: String, _ role: Message.Role = .user, in session: SessionRecord, after parent: Int64?)
    throws -> ConversationEntry
  {
    try store.add(
      .message(Message(role, text)), to: session.number, after: parent, createdAt: Self.now, now: later(1))
  }

  private func said(_ session: SessionRecord) throws -> [String] {
    try store.path(to: store.session(session.id)?.tip).map(\.text)
  }

  @Test func `gives back the branch it stands on, and keeps the one that was left`() throws {
    let session = try begin("S1")
    let first = try say("one", in: session, after: nil)
    let second = try say("two", .assistant, in: session, after: first.number)
    try store.move(session.number, to: first.number, now: later(2))
    try say("another two", .assistant, in: session, after: first.number)
    #expect(try said(session) == ["one", "another two"])
    #expect(try store.path(to: second.number).map(\.text) == ["one", "two"])
    #expect(try store.session("S1")?.messages == 3)
  }

  @Test func `deletes a conversation but not what another begins with`() throws {
    let first = try begin("S1")
    let shared = try say("shared", in: first, after: nil)
    try say("only here", .assistant, in: first, after: shared.number)
    let fork = try store.create(
      id: "S2", name: "fork", directory: nil, terminal: nil, tip: shared.number, settings: .object(JSONObject()),
      now: Self.now)
    try say("in the fork", .assistant, in: fork, after: shared.number)
    try store.delete(first.number)
    #expect(try said(fork) == ["shared", "in the fork"])
    #expect(try store.search("only here", limit: 5).isEmpty)
    try store.delete(fork.number)
    #expect(try store.path(to: shared.number).isEmpty)
  }

  @Test func `finds the last one of a directory, of this terminal before others`() throws {
    let mine = try begin("S1", directory: "/a", terminal: "/dev/pts/1")
    _ = try begin("S2", directory: "/a", terminal: "/dev/pts/2")
    _ = try begin("S3", directory: "/b", terminal: "/dev/pts/1")
    #expect(try store.latest(directory: "/a", terminal: "/dev/pts/1")?.id == "S1")
    #expect(try store.latest(directory: "/a", terminal: "/dev/pts/9")?.id == "S2")
    try say("hi", in: mine, after: nil)
    #expect(try store.latest(directory: "/a", terminal: nil)?.id == "S1")
    #expect(try store.latest(directory: "/c", terminal: "/dev/pts/1") == nil)
  }

  @Test func `a name belongs to one conversation`() throws {
    let first = try begin("S1", name: "trip")
    let second = try begin("S2")
    #expect(try !store.rename(second.number, to: "trip"))
    #expect(try store.rename(first.number, to: "journey"))
    #expect(try store.rename(second.number, to: "trip"))
    #expect(try store.session("trip")?.id == "S2")
  }

  @Test func `a draft that a dead process left becomes an answer, once`() throws {
    let session = try begin("S1")
    let question = try say("why?", in: session, after: nil)
    do {
      let draft = store.draft(in: session.number, after: question.number, model: "a/b", createdAt: later(5))
      try #require(draft).add([.reasoning("hm "), .text("Because"), .text(" it")])
      // While its writer lives nobody touches it.
      #expect(try store.recoverDrafts(now: later(6)) == 0)
    }
    #expect(try store.recoverDrafts(now: later(7)) == 1)
    #expect(try said(session) == ["why?", "Because it"])
    #expect(try store.recoverDrafts(now: later(8)) == 0)
    #expect(directoryEntries(folder + "/drafts").isEmpty)
  }

  @Test func `a draft whose answer was kept is not kept twice`() throws {
    let session = try begin("S1")
    let question = try say("why?", in: session, after: nil)
    do {
      let draft = store.draft(in: session.number, after: question.number, model: "a/b", createdAt: later(5))
      draft?.add([.text("Because")])
      _ = try store.add(
        .message(Message(.assistant, "Because.")), to: session.number, after: question.number, createdAt: later(5),
        now: later(6))
    }
    #expect(try store.recoverDrafts(now: later(7)) == 0)
    #expect(try said(session) == ["why?", "Because."])
  }

  @Test func `texts that are to be forgotten go with conversations nobody goes on with`() throws {
    let old = try begin("S1")
    try say("long ago", in: old, after: nil)
    let ledger = try #require(try LedgerReader(files, now: later(10)))
    #expect(try ledger.prune(before: later(0)).texts == 0)
    #expect(try ledger.prune(before: later(2)).texts == 1)
    #expect(try store.session("S1") == nil)
    #expect(try store.search("long", limit: 1).isEmpty)
  }
}
