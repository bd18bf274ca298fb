// What providers send instead of an answer: JSON of any shape, a web page, nothing, or half of one of these.

/// The message and the codes in such a body, as far as they can be found.
struct FailureBody {
  private(set) var message = ""
  /// The provider's words for the failure, the most telling first.
  private(set) var codes: [String] = []
  /// A status the body states itself.
  private(set) var statedStatus: Int?
  /// How long to wait, where it is not said in the message: `34s` (google.rpc.RetryInfo).
  private(set) var retryDelay: String?

  /// Reads any bytes.
  init(_ body: [UInt8]) {
    // What is not JSON, or only half of it, is read as text.
    self.init((try? JSON.parse(body)) ?? .string(Self.text(of: body)))
  }

  /// Reads an error object, or the body around one.
  init(_ json: JSON) {
    var seen = 0
    collect(json, &seen)
  }

  /// Looks at an object and at what it wraps.
  ///
  /// Bodies are shallow: what lies deeper or further on is not looked at.
  private mutating func collect(_ json: JSON, _ seen: inout Int) {
    seen += 1
    guard seen <= 16 else { return }
    if let text = json.string { return addMessage(text) }
    for element in json.array ?? [] { collect(element, &seen) }
    for name in ["error_description", "error", "errors", "detail", "message", "Message", "msg", "error_message"] {
      if let inner = json[name] { collect(inner, &seen) }
    }
    for name in ["code", "type", "status"] { addCode(json[name]) }
    // Amazon's JSON protocols put a namespace before it: `com.amazon.coral.service#ThrottlingException`.
    if let type = json["__type"]?.string { addCode(type.split(separator: "#").last.map { .string(String($0)) }) }
    addCode(json["innererror"]?["code"])
    for detail in json["details"]?.array ?? [] { retryDelay = retryDelay ?? detail["retryDelay"]?.string }
    if let raw = json["metadata"]?["raw"]?.string { addUpstream(raw) }
  }

  private mutating func addMessage(_ text: String) {
    if message.isEmpty { message = text }
  }

  /// A relay's own message says little: what its provider said is told after it.
  private mutating func addUpstream(_ raw: String) {
    let inner = FailureBody(Array(raw.utf8))
    message = message.isEmpty ? inner.message : "\(message): \(inner.message)"
    codes += inner.codes
  }

  private mutating func addCode(_ json: JSON?) {
    if let number = json?.int {
      if (400...599).contains(number), statedStatus == nil { statedStatus = number }
      codes.append(String(number))
    } else if let word = json?.string, !word.isEmpty, word != "error" {
      codes.append(word)
    }
  }

  // MARK: Text

  /// The title of a web page, or the text itself.
  private static func text(of body: [UInt8]) -> String {
    let text = String(decoding: body.prefix(16 << 10), as: UTF8.self)
    let lowercased = text.lowercased()
    guard lowercased.contains("<html") || lowercased.contains("<!doctype") else { return text }
    return element("title", in: text) ?? element("h1", in: text) ?? "a web page instead of an answer"
  }

  private static func element(_ name: String, in page: String) -> String? {
    let pieces = page.split(separator: "<", omittingEmptySubsequences: true)
    for piece in pieces where piece.lowercased().hasPrefix(name) {
      let content = piece.drop { $0 != ">" }.dropFirst()
      if content.contains(where: { !$0.isWhitespace }) { return String(content) }
    }
    return nil
  }
}

extension Dialect {
  public static func decodeFailure(status: Int, body: [UInt8]) -> ProviderFailure {
    ProviderFailure.decode(status: status, body: body)
  }
}

extension ProviderFailure {
  /// Reads any bytes that came with an error status, or with 200 where an answer should have been.
  ///
  /// Vendors' error objects differ in little, and relays send another vendor's: one reader serves all formats.
  public static func decode(status: Int, body: [UInt8]) -> ProviderFailure {
    let failure = FailureBody(body).failure(status: status)
    // An answer that is neither an answer nor an error.
    let isMalformed = (200...299).contains(status) && failure.code == nil && (try? JSON.parse(body)["error"]) == nil
    guard isMalformed else { return failure }
    return ProviderFailure(.malformed, status: status, message: failure.message)
  }
}

extension ProviderFailure {
  /// `text` as one line of at most 300 characters, without control characters.
  public static func oneLine(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    var length = 0
    var isSpaceDue = false
    for scalar in text.unicodeScalars {
      let category = scalar.properties.generalCategory
      if category == .format { continue }  // such as marks that turn the direction of a line
      if category == .control || scalar.properties.isWhitespace {
        isSpaceDue = length > 0
        continue
      }
      length += isSpaceDue ? 2 : 1
      if length >= 300 { return String(line) + "…" }
      if isSpaceDue { line.append(" ") }
      line.append(scalar)
      isSpaceDue = false
    }
    return String(line)
  }
}
