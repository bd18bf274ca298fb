// What libcurl's verdict means.
import CCurl

extension TransportFailure {
  /// The failure of a transfer that libcurl ended with `code`.
  init(_ code: CURLcode, of transfer: Transfer) {
    let kind = transfer.cause ?? Kind(code)
    let cause: String
    switch kind {
    case .resent: cause = "the reused connection closed without a byte of reply"
    case .tooLarge: cause = "the reply is larger than allowed"
    case .other: cause = String(cString: ccurl_easy_strerror(code))  // the long text may quote a proxy's password
    default: cause = Self.longText(of: transfer) ?? String(cString: ccurl_easy_strerror(code))
    }
    self.init(kind, "\(transfer.origin): \(cause)", bytesReceived: transfer.bytesReceived)
  }

  /// The failure of a transfer that took too long.
  init(timeout phase: Phase, of transfer: Transfer) {
    let cause =
      switch phase {
      case .connect: "no connection in time"
      case .firstByte: "no reply in time"
      case .idle: "the reply stalled"
      case .total: "the transfer took too long"
      }
    self.init(.timeout(phase), "\(transfer.origin): \(cause)", bytesReceived: transfer.bytesReceived)
  }

  /// libcurl's own sentence, as one printable line.
  private static func longText(of transfer: Transfer) -> String? {
    let bytes = UnsafeRawBufferPointer(start: transfer.easy.errorText, count: CurlEasy.errorTextCapacity)
    let line = bytes.prefix { $0 != 0 }.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: " ") }
    return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
  }
}

extension TransportFailure.Kind {
  fileprivate init(_ code: CURLcode) {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .resolve
    case CURLE_COULDNT_CONNECT, CURLE_PROXY: self = .connect
    case CURLE_OPERATION_TIMEDOUT: self = .timeout(.connect)  // the only time limit that libcurl is given
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND,
      CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT,
      CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_USE_SSL_FAILED:
      self = .tls
    case CURLE_PARTIAL_FILE: self = .cut
    case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM: self = .reset
    case CURLE_FILESIZE_EXCEEDED: self = .tooLarge
    default: self = .other
    }
  }
}
