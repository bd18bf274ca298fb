// The status line and the header fields of an answer, and the frame of its body. No I/O.
import GatewayCore
import NIOCore

/// How a client sees where an answer's body ends.
enum BodyFraming: Equatable {
  case length(Int)
  case chunked
  /// For clients that know no chunks: the end of the connection.
  case untilClose
  /// HEAD, 204, 304.
  case none
}

/// A status and header fields, without those that the connection itself writes.
struct ResponseHead {
  var status: Int
  var headers: [(name: String, value: String)]

  /// Room for most heads, so that few grow while they are written.
  private static let usualBytes = 1_024

  /// 204 and 304 never have one.
  var allowsBody: Bool { status != 204 && status != 304 }

  func write(into output: inout ByteBuffer, framing: BodyFraming, date: String, connection: StaticString?) {
    // Put together first: each write into the buffer checks and moves its marks.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.usualBytes)
    bytes += "HTTP/1.1 ".utf8
    bytes += String(status).utf8
    bytes.append(0x20)
    bytes += Self.reason(of: status).utf8
    Self.append("date", date, to: &bytes)
    for (name, value) in headers where HTTPSyntax.isToken(name) && !Self.isOwn(name) {
      Self.append(name, value, to: &bytes)
    }
    switch framing {
    case .length(let length): Self.append("content-length", String(length), to: &bytes)
    case .chunked: Self.append("transfer-encoding", "chunked", to: &bytes)
    case .untilClose, .none: break
    }
    if let connection { Self.append("connection", connection.description, to: &bytes) }
    bytes += "\r\n\r\n".utf8
    output.writeBytes(bytes)
  }

  private static func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
    append("\r\n", to: &bytes)
    append(name, to: &bytes)
    append(": ", to: &bytes)
    // A value with a line break in it would let whoever wrote it write header fields of their own.
    if HTTPSyntax.isFieldValue(value) {
      append(value, to: &bytes)
    } else {
      bytes += value.utf8.map { HTTPSyntax.isPlain($0) ? $0 : 0x20 }
    }
  }

  /// In one piece: a collection of UTF-8 is appended in several steps.
  private static func append(_ text: String, to bytes: inout [UInt8]) {
    var text = text
    text.withUTF8 { bytes.append(contentsOf: $0) }
  }

  /// Fields about the connection; what a responder says of them is left out.
  private static func isOwn(_ name: String) -> Bool {
    switch name.utf8.count {
    case 4: HTTPSyntax.areSame(name, "date")
    case 7: HTTPSyntax.areSame(name, "upgrade")
    case 10: HTTPSyntax.areSame(name, "connection") || HTTPSyntax.areSame(name, "keep-alive")
    case 14: HTTPSyntax.areSame(name, "content-length")
    case 17: HTTPSyntax.areSame(name, "transfer-encoding")
    default: false
    }
  }

  private static func reason(of status: Int) -> String {
    switch status {
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 304: "Not Modified"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 402: "Payment Required"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 413: "Content Too Large"
    case 415: "Unsupported Media Type"
    case 417: "Expectation Failed"
    case 422: "Unprocessable Content"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: ""
    }
  }
}

extension BodyFraming {
  /// A piece of the body within its frame.
  func write(_ bytes: [UInt8], into output: inout ByteBuffer) {
    switch self {
    // A chunk of no bytes would be the last one.
    case .chunked where !bytes.isEmpty:
      output.writeString(String(bytes.count, radix: 16))
      output.writeStaticString("\r\n")
      output.writeBytes(bytes)
      output.writeStaticString("\r\n")
    case .length, .untilClose: output.writeBytes(bytes)
    case .chunked, .none: break
    }
  }

  func writeEnd(into output: inout ByteBuffer) {
    if self == .chunked { output.writeStaticString("0\r\n\r\n") }
  }
}
