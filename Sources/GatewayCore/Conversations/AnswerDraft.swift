// An answer while it arrives: what a person has seen of it is on the disk before they see it, so that a process that
// is killed loses none of it.

import Glibc
package import Wire

/// A file to which the pieces of one answer are appended; it is gone once the answer is kept.
package final class AnswerDraft {
  package let createdAt: Timestamp
  private let path: String
  private let descriptor: Int32
  private let lock: FileLock

  /// `nil` when the disk takes no file: the answer is then kept when it is over.
  init?(in folder: String, session: Int64, parent: Int64, model: String, createdAt: Timestamp) {
    self.createdAt = createdAt
    path = "\(folder)/\(session)-\(createdAt.microseconds).draft"
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST, let lock = FileLock(path: path), lock.tryLock() else {
      return nil
    }
    self.lock = lock
    descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    let head: JSON = [
      "session": .number(JSONNumber(Int(session))), "parent": .number(JSONNumber(Int(parent))),
      "model": .string(model), "created_us": .number(JSONNumber(Int(createdAt.microseconds))),
    ]
    append([head])
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Adds what is about to be shown.
  package func add(_ events: [ChatEvent]) {
    append(
      events.joiningText.compactMap { event in
        switch event {
        case .text(let text), .refusal(let text): ["text": .string(text)]
        case .reasoning(let text): ["reasoning": .string(text)]
        default: nil
        }
      })
  }

  /// The answer is kept elsewhere now, or there is none.
  package func discard() { unlink(path) }

  /// Adds lines with one write.
  private func append(_ lines: [JSON]) {
    let bytes = lines.flatMap { $0.bytes + [UInt8(ascii: "\n")] }
    guard !bytes.isEmpty else { return }
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }
}

extension ConversationStore {
  private var drafts: String { files.directory + "/drafts" }
  private static let largestDraft = 64 << 20

  /// A draft of the answer to `parent`.
  package func draft(in session: Int64, after parent: Int64, model: String, createdAt: Timestamp) -> AnswerDraft? {
    AnswerDraft(in: drafts, session: session, parent: parent, model: model, createdAt: createdAt)
  }

  /// Keeps the answers that processes left as drafts when they died; the number of them.
  @discardableResult
  package func recoverDrafts(now: Timestamp) throws(LedgerFailure) -> Int {
    var recovered = 0
    for name in directoryEntries(drafts) where name.hasSuffix(".draft") {
      let path = "\(drafts)/\(name)"
      // One that is locked is being written.
      guard let lock = FileLock(path: path), lock.tryLock(), lock.isReachable else { continue }
      if let bytes = try? readFile(path, limit: Self.largestDraft), try recover(bytes, now) { recovered += 1 }
      unlink(path)
    }
    return recovered
  }

  private func recover(_ bytes: [UInt8], _ now: Timestamp) throws(LedgerFailure) -> Bool {
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    guard let head = lines.first.flatMap({ try? JSON.parse($0) }), let session = head["session"]?.int,
      let parent = head["parent"]?.int, let created = head["created_us"]?.int
    else { return false }
    var reply = ChatReplyBuilder()
    for line in lines.dropFirst() {
      guard let json = try? JSON.parse(line) else { continue }
      if let text = json["text"]?.string { try? reply.add(.text(text)) }
      if let text = json["reasoning"]?.string { try? reply.add(.reasoning(text)) }
    }
    let createdAt = Timestamp(microseconds: Int64(created))
    let content = reply.reply.content
    guard !content.isEmpty, try !hasAnswer(to: Int64(parent), createdAt: createdAt) else { return false }
    _ = try add(
      .message(Message(.assistant, content)), to: Int64(session), after: Int64(parent), model: head["model"]?.string,
      createdAt: createdAt, now: now)
    return true
  }
}
