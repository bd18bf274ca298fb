// From what the network says to the one vocabulary of failures.

import Wire

extension ProviderFailure {
  /// A connection that breaks once the answer has begun cuts the answer; before that it is the network.
  init(_ failure: TransportFailure, answerHadBegun: Bool) {
    let kind: Kind =
      switch failure.kind {
      case .timeout: .timeout
      case .cut: .cut
      case .reset where answerHadBegun: .cut
      case .tooLarge: .malformed
      default: .network
      }
    self.init(kind, message: failure.message)
  }

  /// Takes secrets out of what a provider said: some echo the key they refuse.
  mutating func scrub(_ secrets: [String]) {
    for secret in secrets { scrub(secret) }
  }

  /// The failure without secrets.
  func scrubbed(of secrets: [String]) -> ProviderFailure {
    var failure = self
    failure.scrub(secrets)
    return failure
  }

  private mutating func scrub(_ secret: String) {
    guard secret.utf8.count >= 8 else { return }
    message = message.replacing(secret, with: "[key]")
    code = code?.replacing(secret, with: "[key]")
    scrubEnd(of: secret)
  }

  /// A message that was shortened may end within the key.
  private mutating func scrubEnd(of secret: String) {
    guard message.hasSuffix("…") else { return }
    let said = message.dropLast()
    let lengths = stride(from: min(secret.count, said.count), through: 4, by: -1)
    guard let length = lengths.first(where: { said.hasSuffix(secret.prefix($0)) }) else { return }
    message = said.dropLast(length) + "[key]…"
  }
}

extension TransportFailure {
  /// The request may have reached the provider, which may then be at work on it.
  var isAfterSending: Bool {
    switch kind {
    case .timeout(let phase): phase != .connect
    case .reset, .cut, .tooLarge, .resent, .cancelled, .other: true
    case .resolve, .connect, .tls, .unavailable: false
    }
  }
}

/// The `Retry-After` header (RFC 9110 10.2.3) and its millisecond form.
enum RetryAfter {
  static func milliseconds(in headers: HTTPHeaders, now: Timestamp) -> Int? {
    if let text = headers["retry-after-ms"], let milliseconds = Double(text), milliseconds >= 0 {
      return Int(min(milliseconds, 1e9))
    }
    guard let text = headers["retry-after"] else { return nil }
    if let seconds = Double(text), seconds >= 0 { return Int(min(seconds, 1e6) * 1000) }
    guard let date = HTTPDate.parse(text) else { return nil }
    return Int(clamping: max(0, date.microseconds - now.microseconds) / 1000)
  }
}

/// A date as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  static func parse(_ text: String) -> Timestamp? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int(words[1]),
      let month = months.firstIndex(of: String(words[2])),
      let year = Int(words[3]), (1970...9999).contains(year), (1...31).contains(day)
    else { return nil }
    let time = words[4].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
    guard time.count == 3, (0..<24).contains(time[0]), (0..<60).contains(time[1]), (0...60).contains(time[2]) else {
      return nil
    }
    return Timestamp(
      CivilDay(year: year, month: month + 1, day: day), hour: time[0], minute: time[1], second: time[2])
  }
}
