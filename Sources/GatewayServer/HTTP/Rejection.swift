// Requests that are answered here, without asking the responder.
import NIOHTTP1

/// Why a request is refused before anyone looks at what it asks; its connection is closed after the answer.
struct Rejection: Error, Equatable {
  var status: Int
  /// Plain ASCII without quotes; never a word of the request's.
  var message: StaticString

  var body: [UInt8] { Array("{\"error\":{\"code\":\(status),\"message\":\"\(message)\"}}\n".utf8) }

  static func == (left: Rejection, right: Rejection) -> Bool { left.body == right.body }
}

extension Rejection {
  static let badTarget = Rejection(status: 400, message: "the request target is neither a path nor an absolute URL")
  static let badHost = Rejection(status: 400, message: "a request needs exactly one Host header")
  static let ambiguousLength = Rejection(status: 400, message: "the length of the body is stated in more than one way")
  static let malformedCoding = Rejection(status: 400, message: "the compressed body is malformed or cut")
  static let tunnel = Rejection(status: 405, message: "this is not a proxy: CONNECT is not allowed")
  static let headerTooSlow = Rejection(status: 408, message: "the header of the request took too long")
  static let bodyTooSlow = Rejection(status: 408, message: "the body of the request took too long")
  static let bodyTooLarge = Rejection(status: 413, message: "the body of the request is too large")
  static let bodyGrowsTooLarge = Rejection(status: 413, message: "the compressed body grows too large when inflated")
  static let encodedBody = Rejection(status: 415, message: "a body may be compressed with gzip or deflate, once")
  static let noInflater = Rejection(status: 415, message: "zlib is not installed here: send the body as it is")
  static let expectation = Rejection(status: 417, message: "no expectation but 100-continue can be met")
  static let headerTooLarge = Rejection(status: 431, message: "the header of the request is too large")
  static let noAnswer = Rejection(status: 500, message: "the server ended the request without an answer")
  static let transferEncoding = Rejection(status: 501, message: "no transfer encoding but chunked is supported")
  static let tooManyBodies = Rejection(status: 503, message: "too much is being uploaded at the moment: try again")
  static let tooManyConnections = Rejection(status: 503, message: "too many connections at the moment: try again")
  static let badVersion = Rejection(status: 505, message: "this is a server for HTTP/1.1")

  /// What the decoder did not understand.
  static func unreadable(_ error: HTTPParserError) -> Rejection {
    switch error {
    case .headerOverflow: .headerTooLarge
    case .invalidVersion: .badVersion
    case .unexpectedContentLength, .invalidContentLength: .ambiguousLength
    case .invalidMethod: Rejection(status: 400, message: "the method of the request is unknown")
    case .invalidURL: .badTarget
    case .invalidHeaderToken: Rejection(status: 400, message: "a header of the request is malformed")
    case .invalidChunkSize: Rejection(status: 400, message: "a chunk of the body is malformed")
    default: Rejection(status: 400, message: "the request is malformed")
    }
  }
}
