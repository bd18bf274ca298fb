// Stamps what arrives of an answer.

import GatewayCore
import Wire

/// The moments of one answer, in microseconds on the clock that never jumps.
struct AnswerWatch {
  private(set) var firstToken: Int64?
  private(set) var firstVisibleToken: Int64?
  private(set) var lastToken: Int64?
  private(set) var gaps: [UInt32] = []

  /// Of a longer stream only so many gaps are held; the time per token counts all of it.
  static let mostGaps = 16_384

  mutating func note(_ event: CallEvent, at now: Int64) {
    guard case .chat(let events) = event else { return }
    var hasToken = false
    for event in events where event.isContent {
      hasToken = true
      if firstVisibleToken == nil, event.isVisible { firstVisibleToken = now }
    }
    if hasToken { tokensArrived(at: now) }
  }

  /// What comes in one piece has arrived at one moment.
  private mutating func tokensArrived(at now: Int64) {
    if let lastToken, gaps.count < Self.mostGaps { gaps.append(UInt32(clamping: now - lastToken)) }
    firstToken = firstToken ?? now
    lastToken = now
  }
}

extension ChatEvent {
  /// A reader sees something of it.
  fileprivate var isVisible: Bool {
    switch self {
    case .reasoning, .encryptedReasoning: false
    case .otherChoice(_, let event): event.isVisible
    default: isContent
    }
  }
}
