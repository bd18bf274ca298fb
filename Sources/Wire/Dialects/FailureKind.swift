// What kind of failure a status and a provider's words amount to.

extension FailureBody {
  /// The failure this body tells of.
  ///
  /// `status` is the HTTP status, 2xx for an error inside an answer.
  func failure(status: Int) -> ProviderFailure {
    let effective = (200...299).contains(status) ? statedStatus : status
    let said = ProviderFailure.oneLine(message)
    let wait = RetryHint.milliseconds(in: said) ?? retryDelay.flatMap { RetryHint.milliseconds(in: "retry in \($0)") }
    let kind = kind(status: effective)
    return ProviderFailure(
      // A quota that is whole again in a moment is a rate: some providers have one word for both.
      kind == .quota && wait != nil ? .rateLimited : kind, status: status,
      message: said.isEmpty ? "status \(status) without a message" : said,
      code: codes.first.map(ProviderFailure.oneLine), retryAfterMilliseconds: wait)
  }

  private func kind(status: Int?) -> ProviderFailure.Kind {
    // Credit and filters come with 400, 402, 403 or 429; a server's own failure is not explained by its words.
    if (status ?? 400) < 500, let kind = kindFromWords() { return kind }
    guard let status else { return kindFromCodes() ?? .server }
    return switch status {
    case 401: .authentication
    case 402: .quota
    case 403: .permission
    case 404: .notFound
    case 408, 504: .timeout
    case 429: .rateLimited
    case 503, 529: .overloaded
    case 400..<500: .invalidRequest
    default: .server
    }
  }

  /// What codes alone say, where there is no status: inside a stream.
  private func kindFromCodes() -> ProviderFailure.Kind? {
    let kinds: [(word: String, kind: ProviderFailure.Kind)] = [
      ("overloaded", .overloaded), ("unavailable", .overloaded), ("rate_limit", .rateLimited), ("timeout", .timeout),
      ("authentication", .authentication), ("permission", .permission), ("not_found", .notFound),
      ("invalid_request", .invalidRequest), ("bad_request", .invalidRequest), ("validation", .invalidRequest),
      ("accessdenied", .permission), ("notfound", .notFound), ("modelnotready", .overloaded),
    ]
    return kinds.first { kind in codes.contains { $0.lowercased().contains(kind.word) } }?.kind
  }

  /// What the words say more exactly than the status.
  private func kindFromWords() -> ProviderFailure.Kind? {
    let codes = codes.joined(separator: " ").lowercased()
    let text = message.prefix(2000).lowercased()
    return Self.tellingWords.first { row in
      row.codes.contains { codes.contains($0) } || row.phrases.contains { text.contains($0) }
    }?.kind
  }

  private static let tellingWords: [(kind: ProviderFailure.Kind, codes: [String], phrases: [String])] = [
    // Before the context's length: "Too many tokens, please wait before trying again."
    (.rateLimited, ["throttl"], ["please wait before trying again"]),
    (
      .contextLength, ["context_length", "context_window", "request_too_large"],
      [
        "maximum context length", "context length", "context window", "prompt is too long", "input is too long",
        "too many tokens", "reduce the length of the messages", "maximum number of tokens", "input token count",
      ]
    ),
    (
      .contentFilter, ["content_filter", "content_policy", "responsibleaipolicy", "moderation", "data_inspection"],
      ["content management policy", "content policy", "content filter", "was flagged", "safety system"]
    ),
    (
      .quota, ["insufficient_quota", "insufficient_balance", "billing", "credit", "servicequotaexceeded"],
      [
        "exceeded your current quota", "insufficient balance", "insufficient credit", "credit balance",
        "out of credit", "more credits", "billing",
      ]
    ),
    (
      .authentication,
      [
        "invalid_api_key", "authentication_error", "expiredtoken", "unrecognizedclient", "invalidsignature",
        "missingauthenticationtoken",
      ],
      ["api key not valid", "invalid api key", "security token included in the request", "signature we calculated"]
    ),
    (.rateLimited, ["rate_limit"], ["rate limit reached", "too many requests"]),
    (.notFound, ["model_not_found", "not_found_error"], ["model not found"]),
  ]
}

/// How long a message asks us to wait, as in `try again in 1m2.5s`.
enum RetryHint {
  /// The time after "try again in" or "retry in", in milliseconds; a day at most.
  static func milliseconds(in message: String) -> Int? {
    let text = message.lowercased()
    for phrase in ["try again in ", "retry in ", "retry after "] {
      guard let rest = text.split(separator: phrase, maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first
      else { continue }
      return duration(rest)
    }
    return nil
  }

  private static let units: [(name: String, milliseconds: Int64)] = [
    ("milliseconds", 1), ("ms", 1), ("minutes", 60_000), ("minute", 60_000), ("seconds", 1000), ("second", 1000),
    ("hours", 3_600_000), ("hour", 3_600_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
  ]

  private static func duration(_ text: Substring) -> Int? {
    var rest = text
    var total: Int64 = 0
    var isEmpty = true
    while let number = takeNumber(from: &rest) {
      rest = rest.drop { $0 == " " }
      guard let unit = units.first(where: { rest.hasPrefix($0.name) }) else { break }
      rest = rest.dropFirst(unit.name.count)
      guard number < 86_400_000_000 / unit.milliseconds else { return nil }
      total += number * unit.milliseconds
      isEmpty = false
    }
    return isEmpty || total > 86_400_000_000 ? nil : Int((total + 999) / 1000)
  }

  /// The number at the front, in thousandths.
  private static func takeNumber(from text: inout Substring) -> Int64? {
    let digits = text.prefix { $0 == "." || ("0"..."9").contains($0) }
    // A full stop may end the sentence.
    let number = digits.last == "." ? digits.dropLast() : digits
    guard let value = JSONNumber(checking: String(number))?.scaled(byPowerOfTen: 3)?.value else { return nil }
    text = text.dropFirst(number.count)
    return value
  }
}
