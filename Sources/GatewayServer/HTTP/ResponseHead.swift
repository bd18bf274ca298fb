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

  /// 204 and 304 never have one.
  var allowsBody: Bool { status != 204 && status != 304 }

  func write(into output: inout ByteBuffer, framing: BodyFraming, date: String, connection: StaticString?) {
    // Put together first: each write into the buffer checks and moves its marks.
    let bytes = [UInt8](capacity: size(with: date)) { bytes in
      bytes.append("HTTP/1.1 ")
      bytes.append(String(status))
      bytes.append(" ")
      bytes.append(Self.reason(of: status))
      bytes.append("date", date)
      for (name, value) in headers where HTTPSyntax.isToken(name) && !Self.isOwn(name) { bytes.append(name, value) }
      switch framing {
      case .length(let length): bytes.append("content-length", String(length))
      case .chunked: bytes.append("transfer-encoding", "chunked")
      case .untilClose, .none: break
      }
      if let connection { bytes.append("connection", connection.description) }
      bytes.append("\r\n\r\n")
    }
    output.writeBytes(bytes)
  }

  /// Bytes that are enough for all of it.
  private func size(with date: String) -> Int {
    headers.reduce(Self.roomForOwn + date.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count + 4 }
  }

  /// The status line, and the fields that the connection writes, but for the date.
  private static let roomForOwn = 200

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

extension OutputSpan<UInt8> {
  fileprivate mutating func append(_ name: String, _ value: String) {
    append("\r\n")
    append(name)
    append(": ")
    // A value with a line break in it would let whoever wrote it write header fields of their own.
    if HTTPSyntax.isFieldValue(value) {
      append(value)
    } else {
      for byte in value.utf8 { append(HTTPSyntax.isPlain(byte) ? byte : 0x20) }
    }
  }

  /// In one piece: byte by byte costs several times as much.
  fileprivate mutating func append(_ text: String) {
    let bytes = text.utf8.span
    withUnsafeMutableBufferPointer { room, count in
      bytes.withUnsafeBufferPointer { count = room.extracting(count...).initialize(fromContentsOf: $0) + count }
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
