// Finds the conversation that flags mean.

import GatewayCore
import Glibc
import Wire

extension Invocation {
  /// The directory and the terminal we are in.
  var conversationPlace: ConversationPlace {
    let directory = getcwd(nil, 0).map { text in
      defer { free(text) }
      return String(cString: text)
    }
    let terminal = terminal.stdinIsTerminal ? ttyname(STDIN_FILENO).map { String(cString: $0) } : nil
    return ConversationPlace(directory: directory, terminal: terminal)
  }

  /// The conversation that `choice` means, with what a killed process left of it; the ledger must be open.
  func conversation(_ choice: ConversationChoice, isKept: Bool, _ settings: Settings) throws -> Conversation {
    let keeps = isKept && settings.ledger.keepsContents
    let (place, now) = (conversationPlace, runtime.now())
    var store: ConversationStore?
    do throws(LedgerFailure) {
      store = try ConversationStore(ledgerFiles(), settings: settings.ledger, now: now)
      try store?.recoverDrafts(now: now)
    } catch {
      // A new one goes on without being kept, as its calls do without being booked.
      guard choice == .new else { throw CommandFailure(.general, "conversation: \(error.description)") }
    }
    let conversation = Conversation(store: store, isKept: keeps && store != nil, place: place, runtime: runtime)
    switch choice {
    case .new: break
    case .named(let name): try open(named: name, conversation)
    case .last: try openLast(of: place, conversation)
    }
    return conversation
  }

  /// One that is not there begins under that name.
  private func open(named name: String, _ conversation: Conversation) throws {
    do throws(LedgerFailure) {
      guard let record = try conversation.store?.session(name) else { return conversation.startOver(name: name) }
      try conversation.open(record)
    } catch {
      throw CommandFailure(.general, "conversation '\(safeLine(name))': \(error.description)")
    }
  }

  private func openLast(of place: ConversationPlace, _ conversation: Conversation) throws {
    var found: SessionRecord?
    do throws(LedgerFailure) {
      if let directory = place.directory {
        found = try conversation.store?.latest(directory: directory, terminal: place.terminal)
      }
      if let found { try conversation.open(found) }
    } catch {
      throw CommandFailure(.general, "conversation: \(error.description)")
    }
    if found == nil {
      throw CommandFailure(
        .notFound, "no conversation was held in this directory", advice: "Name one with --session NAME.")
    }
  }
}

extension Conversation {
  /// Puts what was said before into a request that asks one question; its own options go before.
  func put(before request: inout ChatRequest, _ options: ChatOptions) throws {
    var asked = ChatRequest(model: "", messages: [])
    try settings.applyOptions(to: &asked)
    for option in options.modelOptions { try asked.apply(option: option) }
    asked.output = request.output
    asked.streams = request.streams
    let system = (options.system ?? settings.system).map { [Message(.system, $0)] } ?? []
    asked.messages = system + messages + request.messages.suffix(1)
    request = asked
  }
}
