// Amazon's signature of a request (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
// libcurl's own is wrong for paths with `:`, which Bedrock's model ids have.

import Wire

/// Signs requests to one service in one region.
package struct SignatureV4: Sendable, Equatable {
  var keys: AWSKeys
  var region: String
  var service: String

  private static let algorithm = "AWS4-HMAC-SHA256"

  /// Adds the headers that make `request` a signed one at `time`.
  ///
  /// Those the request has already are signed too, but for those that may change on the way.
  func sign(_ request: inout HTTPRequest, at time: Timestamp) throws(CryptographyFailure) {
    let signed = request.headers.filter { Self.isSigned($0.name.lowercased()) }
    var added = [(name: "x-amz-date", value: time.basicISO8601)]
    if let token = keys.sessionToken { added.append((name: "x-amz-security-token", value: token)) }
    let address = SignedAddress(request.url)
    let headers = [(name: "host", value: address.host)] + signed + added
    let authorization = try authorization(
      request.method, address, headers, bodyHash: SHA256.hex(request.body), at: time)
    request.headers += added + [(name: "authorization", value: authorization)]
  }

  private static func isSigned(_ name: String) -> Bool { name == "content-type" || name.hasPrefix("x-amz") }

  /// The value of `authorization` for a request with exactly these headers.
  func authorization(
    _ method: String, _ address: SignedAddress, _ headers: [(name: String, value: String)], bodyHash: String,
    at time: Timestamp
  ) throws(CryptographyFailure) -> String {
    let canonicalHeaders = CanonicalHeaders(headers)
    let request = [
      method, address.canonicalPath, address.canonicalQuery, canonicalHeaders.lines, canonicalHeaders.names, bodyHash,
    ].joined(separator: "\n")
    let date = String(time.basicISO8601.prefix(8))
    let scope = "\(date)/\(region)/\(service)/aws4_request"
    let text = [Self.algorithm, time.basicISO8601, scope, try SHA256.hex(Array(request.utf8))].joined(separator: "\n")
    var key = Array("AWS4\(keys.secretAccessKey)".utf8)
    for word in [date, region, service, "aws4_request"] {
      key = try SHA256.authentication(of: Array(word.utf8), key: key)
    }
    let signature = try SHA256.authentication(of: Array(text.utf8), key: key).hexadecimal
    return "\(Self.algorithm) Credential=\(keys.accessKeyID)/\(scope), SignedHeaders=\(canonicalHeaders.names), "
      + "Signature=\(signature)"
  }
}

/// The parts of an address in the form in which they are signed.
struct SignedAddress {
  /// With the port, if it is said.
  let host: String
  private let path: Substring
  private let query: Substring

  init(_ url: String) {
    let rest = url.split(separator: "://", maxSplits: 1).last ?? ""
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    host = String(rest[..<end])
    let parts = rest[end...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = parts.first ?? ""
    query = parts.dropFirst().first ?? ""
  }

  /// The path as it is sent, encoded once more: what is `%3A` on the wire is signed as `%253A`.
  var canonicalPath: String {
    var segments: [Substring] = []
    for segment in path.split(separator: "/") where segment != "." {
      if segment != ".." { segments.append(segment) } else if !segments.isEmpty { segments.removeLast() }
    }
    let isFolder = path.hasSuffix("/") && !segments.isEmpty
    return ("/" + segments.joined(separator: "/") + (isFolder ? "/" : "")).percentEncoded(keeping: "/")
  }

  /// Sorted by the bytes of the encoded names, then values.
  var canonicalQuery: String {
    let pairs = query.split(separator: "&").map { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (parts.first ?? "").reencoded + "=" + (parts.dropFirst().first ?? "").reencoded
    }
    // `=` sorts before every character of an encoded text but `-`, `.` and digits: names are compared alone.
    return pairs.sorted { left, right in
      left.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).lexicographicallyPrecedes(
        right.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      ) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }.joined(separator: "&")
  }
}

/// Headers as they are signed: names in lower case and sorted, values of one name in one line, blanks made single.
private struct CanonicalHeaders {
  let names: String
  /// Each ends its line.
  let lines: String

  init(_ headers: [(name: String, value: String)]) {
    var values: [String: [String]] = [:]
    for header in headers {
      let value = header.value.split { $0 == " " || $0 == "\t" || $0 == "\n" }.joined(separator: " ")
      values[header.name.lowercased(), default: []].append(value)
    }
    let sorted = values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    names = sorted.map(\.key).joined(separator: ";")
    lines = sorted.map { "\($0.key):\($0.value.joined(separator: ","))\n" }.joined()
  }
}

extension Substring {
  /// Percent-encoded the one way that is signed, whatever way it was.
  fileprivate var reencoded: String { percentDecoded.percentEncoded() }
}

extension Timestamp {
  /// `20150830T123600Z`.
  var basicISO8601: String {
    String(rfc3339.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
  }
}
