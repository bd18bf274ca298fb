// One HTTP request as the transport takes it: everything decided, nothing looked up.

/// A request to one http or https address.
public struct HTTPRequest: Sendable {
  public typealias Header = (name: String, value: String)

  public var method: String
  /// Absolute; the scheme is `http` or `https`.
  public var url: String
  /// In order; a name may stand twice.
  ///
  /// A line break or NUL in one makes the request fail before it leaves.
  public var headers: [Header]
  public var body: [UInt8]
  public var timeouts: Timeouts
  /// The most bytes of body that are accepted, of a stream too.
  public var replyLimit: Int
  /// The answer comes bit by bit: it is read in small pieces, which take less memory while it lasts.
  public var expectsStream = false

  /// The most bytes accepted unless the request says otherwise: 64 MiB.
  public static let defaultReplyLimit = 64 << 20

  public init(
    method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
    timeouts: Timeouts = Timeouts(), replyLimit: Int = HTTPRequest.defaultReplyLimit
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeouts = timeouts
    self.replyLimit = replyLimit
  }
}

/// How long each phase of a transfer may take; `nil` is for ever.
///
/// They are kept to about 5 ms.
public struct Timeouts: Sendable, Equatable {
  /// From the call until the connection, TLS included, can take the request.
  public var connect: Duration?
  /// From then until the status line and headers are in; the upload counts.
  public var firstByte: Duration?
  /// Between two pieces of the body.
  ///
  /// Time in which the reader takes nothing does not count.
  public var idle: Duration?
  /// The whole transfer.
  public var total: Duration?

  public init(
    connect: Duration? = .seconds(10), firstByte: Duration? = .seconds(300), idle: Duration? = .seconds(120),
    total: Duration? = nil
  ) {
    self.connect = connect
    self.firstByte = firstByte
    self.idle = idle
    self.total = total
  }
}
