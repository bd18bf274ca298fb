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

  /// Fields about the connection; what a responder says of them is left out.
  private static let ownFields = [
    "connection", "content-length", "date", "keep-alive", "transfer-encoding", "upgrade",
  ]

  /// 204 and 304 never have one.
  var allowsBody: Bool { status != 204 && status != 304 }

  func write(into output: inout ByteBuffer, framing: BodyFraming, date: String, connection: StaticString?) {
    output.writeStaticString("HTTP/1.1 ")
    output.writeString(String(status))
    output.writeStaticString(" ")
    output.writeStaticString(Self.reason(of: status))
    output.writeStaticString("\r\ndate: ")
    output.writeString(date)
    for (name, value) in headers where HTTPSyntax.isToken(name) && !Self.isOwn(name) {
      output.writeStaticString("\r\n")
      output.writeString(name)
      output.writeStaticString(": ")
      Self.write(value, into: &output)
    }
    switch framing {
    case .length(let length):
      output.writeStaticString("\r\ncontent-length: ")
      output.writeString(String(length))
    case .chunked: output.writeStaticString("\r\ntransfer-encoding: chunked")
    case .untilClose, .none: break
    }
    if let connection {
      output.writeStaticString("\r\nconnection: ")
      output.writeStaticString(connection)
    }
    output.writeStaticString("\r\n\r\n")
  }

  /// A value with a line break in it would let whoever wrote it write header fields of their own.
  private static func write(_ value: String, into output: inout ByteBuffer) {
    if value.utf8.allSatisfy(isPlain) {
      output.writeString(value)
    } else {
      output.writeBytes(value.utf8.map { isPlain($0) ? $0 : 0x20 })
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

  private static func isOwn(_ name: String) -> Bool { ownFields.contains { HTTPSyntax.areSame($0, name) } }

  private static func reason(of status: Int) -> StaticString {
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
