// How a token is got that stands in for longer-lived credentials (RFC 6749), by an assertion if need be (RFC 7523).

import CCrypto
import Wire

/// A request for a token, and what goes with it.
package struct TokenGrant: Sendable {
  /// Whose token it is, for showing.
  var origin: String
  var url: String
  var form: [(name: String, value: String)]
  /// Made anew for each request.
  var assertion: SignedAssertion?
  /// What each request with the token carries besides.
  var headers: [(name: String, value: String)] = []
  /// What must not be shown.
  var secrets: [String]

  /// Tells it from others: the same credentials at the same place get the same token.
  var identity: String {
    ([url] + form.flatMap { [$0.name, $0.value] } + secrets).joined(separator: "\n")
  }

  /// The body of the request at `time`.
  func body(at time: Timestamp) throws(KeyFailure) -> [UInt8] {
    var fields = form
    if let assertion { fields.append(("assertion", try assertion.text(at: time))) }
    return Array(fields.map { "\($0.name)=\($0.value.percentEncoded())" }.joined(separator: "&").utf8)
  }
}

/// A token and when to get the next one.
struct AccessToken: Sendable, Equatable {
  var value: String
  var renewAt: Timestamp

  private static let mostSecondsBefore: Int64 = 300

  /// From the reply to a request made at `time`; `nil` when there is none in it.
  init?(reply: JSON, askedAt time: Timestamp) {
    guard let value = reply["access_token"]?.string, !value.isEmpty else { return nil }
    self.value = value
    let seconds = Int64(clamping: min(max(reply["expires_in"]?.int ?? 0, 0), 86_400))
    // Early enough that it is still good when it arrives, and not so early that it is never used.
    let early = min(Self.mostSecondsBefore, seconds / 4)
    renewAt = Timestamp(microseconds: time.microseconds + (seconds - early) * 1_000_000)
  }
}

/// A JSON web token (RFC 7519) by which an account asks for an access token.
package struct SignedAssertion: Sendable {
  var issuer: String
  var audience: String
  var scope: String
  var keyID: String?
  /// In PEM.
  var privateKey: String

  private static let lifetimeSeconds: Int64 = 3600

  func text(at time: Timestamp) throws(KeyFailure) -> String {
    var header: JSONObject = ["alg": "RS256", "typ": "JWT"]
    header["kid"] = keyID.map { .string($0) }
    let claims: JSON = [
      "iss": .string(issuer), "scope": .string(scope), "aud": .string(audience),
      "iat": .number(JSONNumber(Int(time.seconds))),
      "exp": .number(JSONNumber(Int(time.seconds + Self.lifetimeSeconds))),
    ]
    let signed = base64URL(JSON.object(header).bytes) + "." + base64URL(claims.bytes)
    return signed + "." + base64URL(try signature(of: Array(signed.utf8)))
  }

  func signature(of message: [UInt8]) throws(KeyFailure) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: 2048)  // a key of 16,384 bits
    var size = signature.count
    var key = privateKey
    let problem = key.withUTF8 { key in
      key.withMemoryRebound(to: CChar.self) { key in
        ccrypto_sign_rs256(key.baseAddress, key.count, message, message.count, &signature, &size)
      }
    }
    if let problem { throw .unreadable(what: "service account \(issuer)", why: String(cString: problem)) }
    return Array(signature.prefix(size))
  }
}
