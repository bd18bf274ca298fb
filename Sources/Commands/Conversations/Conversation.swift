// A conversation as it goes on: what was said, what of it is sent, and where it is kept.

import GatewayCore
import Wire

/// The branch of a conversation that a person is on.
///
/// Every change is in the ledger before its method returns. When the ledger fails, or nothing is to be kept, the
/// conversation goes on in memory.
final class Conversation {
  private(set) var entries: [ConversationEntry] = []
  private(set) var session: SessionRecord?
  /// `nil` when nothing can be kept.
  let store: ConversationStore?
  /// False while what is said is not to be kept.
  var isKept: Bool
  /// Why the ledger no longer takes anything.
  private var failure: LedgerFailure?
  private var failureIsTold = false
  /// The name it gets when it begins.
  private var name: String?
  private let place: ConversationPlace
  private let runtime: Runtime
  private var lastLocalNumber: Int64 = 0

  init(store: ConversationStore?, isKept: Bool, place: ConversationPlace, runtime: Runtime) {
    self.store = store
    self.isKept = isKept
    self.place = place
    self.runtime = runtime
  }

  /// How its calls are made.
  var settings = ConversationSettings() {
    didSet {
      guard settings != oldValue, let session else { return }
      keeping { (store) throws(LedgerFailure) in try store.keep(settings.json, of: session.number) }
    }
  }

  /// Why the ledger no longer takes anything, the first time it is asked for.
  func takeFailure() -> LedgerFailure? {
    defer { failureIsTold = failureIsTold || failure != nil }
    return failureIsTold ? nil : failure
  }

  // MARK: What is sent

  /// The messages a model gets: after a cut only what it keeps, with its summary before.
  var messages: [Message] {
    guard let index = lastCut, case .cut(let summary, let first) = entries[index].body else {
      return entries.compactMap(\.message)
    }
    let start = first.flatMap { number in entries.firstIndex { $0.number == number } } ?? index
    let before = summary.map { [Message(.user, Self.summaryIntroduction + $0)] } ?? []
    return before + entries[start...].compactMap(\.message)
  }

  private var lastCut: Int? { entries.lastIndex { $0.message == nil } }

  /// What stands for the beginning that is no longer sent.
  var summary: String? {
    guard let index = lastCut, case .cut(let summary, _) = entries[index].body else { return nil }
    return summary
  }

  private static let summaryIntroduction = "A summary of our conversation so far:\n\n"

  /// What a person asked, in order, with the place of each among the entries.
  var questions: [(index: Int, entry: ConversationEntry)] {
    entries.enumerated().filter { $0.element.message?.role == .user }.map { ($0.offset, $0.element) }
  }

  var lastAnswer: ConversationEntry? { entries.last { $0.message?.role == .assistant } }

  // MARK: Changes

  @discardableResult
  func add(_ message: Message, model: String? = nil, operation: String? = nil, createdAt: Timestamp? = nil)
    -> ConversationEntry
  { add(.message(message), model: model, operation: operation, createdAt: createdAt) }

  @discardableResult
  func add(
    _ body: ConversationEntry.Body, model: String? = nil, operation: String? = nil, createdAt: Timestamp? = nil
  ) -> ConversationEntry {
    let now = runtime.now()
    let createdAt = createdAt ?? now
    lastLocalNumber -= 1
    var entry = ConversationEntry(
      number: lastLocalNumber, body, createdAt: createdAt, model: model, operation: operation)
    begin()
    if let session {
      keeping { (store) throws(LedgerFailure) in
        entry = try store.add(
          body, to: session.number, after: tip, model: model, operation: operation, createdAt: createdAt, now: now)
      }
    }
    entries.append(entry)
    return entry
  }

  /// Adds what came of an answer; false when that was nothing.
  @discardableResult
  func addReply(of outcome: Outcome, createdAt: Timestamp? = nil) -> Bool {
    var content = outcome.reply.content
    // A call that was cut off can be answered by nobody.
    if outcome.status != .ok { content.removeAll { if case .toolCall = $0.kind { true } else { false } } }
    guard content.contains(where: \.saysSomething) else { return false }
    add(Message(.assistant, content), model: outcome.target.name, operation: outcome.id, createdAt: createdAt)
    return true
  }

  /// The last entry that is kept.
  private var tip: Int64? { entries.last { $0.number > 0 }?.number }

  /// A place on the disk for an answer that is about to arrive.
  func draft(model: String, createdAt: Timestamp) -> AnswerDraft? {
    guard isKept, failure == nil, let session, let last = entries.last, last.number > 0 else { return nil }
    return store?.draft(in: session.number, after: last.number, model: model, createdAt: createdAt)
  }

  /// Goes back to where it had so many entries; what came after stays as a branch.
  func goBack(to count: Int) {
    entries.removeLast(max(entries.count - count, 0))
    guard let session else { return }
    let now = runtime.now()
    keeping { (store) throws(LedgerFailure) in try store.move(session.number, to: tip, now: now) }
  }

  /// Goes on with entries that were left a moment ago.
  func restore(_ left: [ConversationEntry]) {
    entries += left
    guard let session else { return }
    let now = runtime.now()
    keeping { (store) throws(LedgerFailure) in try store.move(session.number, to: tip, now: now) }
  }

  // MARK: Sessions

  private func begin() {
    guard isKept, session == nil else { return }
    let (id, now) = (runtime.makeID(), runtime.now())
    keeping { (store) throws(LedgerFailure) in
      session = try store.create(
        id: id, name: name, directory: place.directory, terminal: place.terminal, tip: tip, settings: settings.json,
        now: now)
    }
  }

  /// Begins anew, under a name if there is one; the conversation so far stays where it is kept.
  func startOver(name: String? = nil) {
    entries = []
    session = nil
    self.name = name
  }

  /// Goes on with another conversation.
  func open(_ record: SessionRecord) throws(LedgerFailure) {
    entries = try store?.path(to: record.tip) ?? []
    session = record
    name = record.name
    settings = ConversationSettings(record.settings)
  }

  /// Goes on under a new name, in a conversation of its own that begins like this one.
  func fork(name: String) {
    session = nil
    self.name = name
    begin()
  }

  /// False when another conversation has that name.
  func rename(to name: String) throws(LedgerFailure) -> Bool {
    if let session, let store {
      guard try store.rename(session.number, to: name) else { return false }
    }
    session?.name = name
    self.name = name
    return true
  }

  private func keeping(_ change: (ConversationStore) throws(LedgerFailure) -> Void) {
    guard isKept, failure == nil, let store else { return }
    do throws(LedgerFailure) {
      try change(store)
    } catch {
      failure = error
    }
  }
}

extension ContentPart {
  fileprivate var saysSomething: Bool {
    switch kind {
    case .text(let text), .refusal(let text): !text.isEmpty
    default: true
    }
  }
}

/// Where a conversation is held: the next one there may go on with it.
struct ConversationPlace: Sendable {
  var directory: String?
  var terminal: String?
}
