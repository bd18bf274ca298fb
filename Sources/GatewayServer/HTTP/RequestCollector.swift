// From the decoder's parts to whole requests, with the checks that the decoder leaves to us. No I/O.
import NIOCore
import NIOHTTP1

/// What a request says about the form of its answer.
struct AnswerRules: Equatable {
  /// The answer to HEAD has none.
  var allowsBody = true
  /// HTTP/1.0 knows no chunks.
  var allowsChunks = true
  var keepsAlive = true
}

/// Collects the parts of one request after the other.
struct RequestCollector {
  enum Outcome {
    case more
    /// The header is complete; the client may be waiting to be asked for the body.
    case began(awaitsContinue: Bool)
    case request(ServerRequest, AnswerRules)
    case rejected(Rejection)
  }

  private struct Opened {
    var head: HTTPRequestHead
    var path: Substring
    var query: Substring?
    var rules: AnswerRules
    var body: [UInt8] = []
    var inflater: Inflater?

    mutating func append(_ bytes: ByteBuffer, _ bounds: Inflater.Bounds) throws(Rejection) {
      guard let inflater else {
        guard body.count + bytes.readableBytes <= bounds.bytes else { throw .bodyTooLarge }
        return body.append(contentsOf: bytes.readableBytesView)
      }
      let result = bytes.withUnsafeReadableBytes { bytes in
        Result { () throws(Rejection) in try inflater.inflate(bytes, into: &body) }
      }
      try result.get()
    }
  }

  /// Memory is reserved for no more than this on the word of a client.
  private static let reservedBytes = 1 << 20

  private let bounds: Inflater.Bounds
  private let remoteAddress: String
  private var opened: Opened?

  init(_ limits: ServerLimits, remoteAddress: String) {
    bounds = Inflater.Bounds(
      bytes: limits.bodyBytes, ratio: limits.inflationRatio, freeBytes: limits.inflationFreeBytes)
    self.remoteAddress = remoteAddress
  }

  /// What the body that is being read takes up.
  var heldBytes: Int {
    guard let opened else { return 0 }
    return opened.body.count + (opened.inflater == nil ? 0 : Inflater.memory)
  }

  /// After a rejection nothing more may be handed in.
  mutating func take(_ part: HTTPServerRequestPart) -> Outcome {
    do throws(Rejection) {
      switch part {
      case .head(let head): return try open(head)
      case .body(let bytes):
        try opened?.append(bytes, bounds)
        return .more
      case .end: return try close()
      }
    } catch {
      return .rejected(error)
    }
  }

  private mutating func close() throws(Rejection) -> Outcome {
    guard let opened = opened.take() else { return .more }
    try opened.inflater?.finish()
    let request = ServerRequest(
      method: opened.head.method.rawValue, path: String(opened.path), query: opened.query.map(String.init),
      headers: RequestHeaders(opened.head.headers), remoteAddress: remoteAddress, body: opened.body)
    return .request(request, opened.rules)
  }

  private mutating func open(_ head: HTTPRequestHead) throws(Rejection) -> Outcome {
    guard head.version.major == 1, head.version.minor <= 1 else { throw .badVersion }
    guard head.method != .CONNECT else { throw .tunnel }
    let (path, query) = try Self.target(head.uri)
    let fields = try FramingFields(head)
    guard fields.length ?? 0 <= bounds.bytes else { throw .bodyTooLarge }
    let rules = AnswerRules(
      allowsBody: head.method != .HEAD, allowsChunks: head.version.minor == 1,
      // After an upgrade's request the decoder reads no further; the request itself is answered as if it asked for none.
      keepsAlive: head.isKeepAlive && !fields.hasUpgrade)
    var opened = Opened(head: head, path: path, query: query, rules: rules)
    if let coding = fields.coding {
      guard let inflater = Inflater(coding, bounds) else { throw .noInflater }
      opened.inflater = inflater
    }
    if let length = fields.length { opened.body.reserveCapacity(min(length, Self.reservedBytes)) }
    self.opened = opened
    return .began(awaitsContinue: fields.awaitsContinue && rules.allowsChunks)
  }

  /// The path and the query of a target in origin form, in absolute form, or `*`.
  private static func target(_ uri: String) throws(Rejection) -> (path: Substring, query: Substring?) {
    var rest = uri[...]
    guard uri.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !uri.utf8.contains(UInt8(ascii: "#")) else {
      throw .badTarget
    }
    if rest.first != "/" && rest != "*" {
      let scheme = rest.prefix { $0 != ":" }
      guard ["http", "https"].contains(scheme.lowercased()), rest.dropFirst(scheme.count).hasPrefix("://") else {
        throw .badTarget
      }
      rest = rest.dropFirst(scheme.count + "://".count).drop { $0 != "/" && $0 != "?" }
      if rest.first != "/" { rest = "/" + rest }
    }
    guard let mark = rest.utf8.firstIndex(of: UInt8(ascii: "?")) else { return (rest, nil) }
    return (rest[..<mark], rest[rest.index(after: mark)...])
  }
}

/// The header fields that decide how a request is read.
///
/// The decoder refuses what is ambiguous by itself; that two readers of one request could disagree on where it ends is
/// dangerous enough to look twice.
private struct FramingFields {
  var length: Int?
  var awaitsContinue = false
  var hasUpgrade = false
  var coding: ContentCoding?

  init(_ head: HTTPRequestHead) throws(Rejection) {
    var hosts = 0
    var isChunked = false
    for (name, value) in head.headers {
      switch name.utf8.count {
      case 4 where name.isHeader("host"): hosts += 1
      case 6 where name.isHeader("expect"):
        guard value.withoutBlanksBehind.isHeader("100-continue") else { throw .expectation }
        awaitsContinue = true
      case 7 where name.isHeader("upgrade"): hasUpgrade = true
      case 14 where name.isHeader("content-length"):
        let text = value.withoutBlanksBehind
        guard length == nil, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let stated = Int(text) else {
          throw .ambiguousLength
        }
        length = stated
      case 16 where name.isHeader("content-encoding"):
        let named = value.withoutBlanksBehind
        guard coding == nil else { throw .encodedBody }
        coding = try Self.coding(named)
      case 17 where name.isHeader("transfer-encoding"):
        guard !isChunked, head.version.minor == 1 else { throw .ambiguousLength }
        guard value.withoutBlanksBehind.isHeader("chunked") else { throw .transferEncoding }
        isChunked = true
      default: break
      }
    }
    guard hosts == 1 || hosts == 0 && head.version.minor == 0 else { throw .badHost }
    guard !isChunked || length == nil else { throw .ambiguousLength }
  }

  /// `nil` for a body that is sent as it is.
  private static func coding(_ name: String) throws(Rejection) -> ContentCoding? {
    if name.isEmpty || name.isHeader("identity") { return nil }
    if name.isHeader("gzip") || name.isHeader("x-gzip") { return .gzip }
    if name.isHeader("deflate") { return .deflate }
    throw .encodedBody
  }
}

extension String {
  /// Equal but for the case of ASCII letters; `lowercase` has none in upper case.
  fileprivate func isHeader(_ lowercase: StaticString) -> Bool {
    utf8.elementsEqual(UnsafeBufferPointer(start: lowercase.utf8Start, count: lowercase.utf8CodeUnitCount)) {
      $0 == $1 || ((0x41...0x5A).contains($0) && $0 | 0x20 == $1)
    }
  }
}
