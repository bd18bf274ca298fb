// Amazon's published test suite (aws-sig-v4-test-suite): every case has the same keys, time, region and service.

import Testing

@testable import GatewayCore

struct Signatures {
  struct Vector: Sendable, CustomTestStringConvertible {
    var name: String
    var method = "GET"
    var target = "/"
    var headers: [(String, String)] = []
    var body = ""
    var signature: String
    var testDescription: String { name }
  }

  private static let vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
  private static let form = ("Content-Type", "application/x-www-form-urlencoded")
  private static let token =
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwth"
    + "Ax7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAk"
    + "iY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="

  static let vectors: [Vector] = [
    Vector(name: "get-vanilla", signature: vanilla),
    Vector(
      name: "get-vanilla-empty-query-key", target: "/?Param1=value1",
      signature: "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"),
    Vector(
      name: "get-vanilla-query-order-key-case", target: "/?Param2=value2&Param1=value1",
      signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    Vector(
      name: "get-vanilla-query-unreserved",
      target:
        "/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz="
        + "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
      signature: "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"),
    Vector(
      name: "get-vanilla-utf8-query", target: "/?ሴ=bar",
      signature: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
    Vector(
      name: "get-utf8", target: "/ሴ", signature: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
    Vector(
      name: "get-unreserved", target: "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
      signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
    Vector(name: "get-relative", target: "/example/..", signature: vanilla),
    Vector(name: "get-relative-relative", target: "/example1/example2/../..", signature: vanilla),
    Vector(name: "get-slash", target: "//", signature: vanilla),
    Vector(name: "get-slash-dot-slash", target: "/./", signature: vanilla),
    Vector(
      name: "get-slash-pointless-dot", target: "/./example",
      signature: "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5"),
    Vector(
      name: "get-slashes", target: "//example//",
      signature: "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"),
    Vector(
      name: "get-space", target: "/example space/",
      signature: "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741"),
    Vector(
      name: "get-header-key-duplicate",
      headers: [("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")],
      signature: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
    Vector(
      name: "get-header-value-order",
      headers: [
        ("My-Header1", "value4"), ("My-Header1", "value1"), ("My-Header1", "value3"), ("My-Header1", "value2"),
      ],
      signature: "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"),
    Vector(
      name: "get-header-value-trim", headers: [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
      signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
    Vector(
      name: "post-vanilla", method: "POST",
      signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    Vector(
      name: "post-header-key-sort", method: "POST", headers: [("My-Header1", "value1")],
      signature: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"),
    Vector(
      name: "post-header-value-case", method: "POST", headers: [("My-Header1", "VALUE1")],
      signature: "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
    Vector(
      name: "post-sts-header-before", method: "POST", headers: [("X-Amz-Security-Token", token)],
      signature: "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"),
    Vector(
      name: "post-x-www-form-urlencoded", method: "POST", headers: [form], body: "Param1=value1",
      signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    Vector(
      name: "post-x-www-form-urlencoded-parameters", method: "POST",
      headers: [("Content-Type", "application/x-www-form-urlencoded; charset=utf8")], body: "Param1=value1",
      signature: "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"),
  ]

  private static let signer = SignatureV4(
    keys: AWSKeys(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
    region: "us-east-1", service: "service")
  private static let time = Timestamp(
    CivilDay(year: 2015, month: 8, day: 30), hour: 12, minute: 36)

  @Test(arguments: vectors)
  func `a request of the suite has its signature`(_ vector: Vector) throws {
    let address = SignedAddress("https://example.amazonaws.com\(vector.target)")
    let headers = [("Host", address.host), ("X-Amz-Date", "20150830T123600Z")] + vector.headers
    let authorization = try Self.signer.authorization(
      vector.method, address, headers.map { (name: $0.0, value: $0.1) },
      bodyHash: SHA256.hex(Array(vector.body.utf8)), at: Self.time)
    #expect(authorization.hasSuffix("Signature=\(vector.signature)"))
    #expect(
      authorization.hasPrefix("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "))
  }

  @Test func `a request gains its date, its session token and its signature`() throws {
    var signer = Self.signer
    signer.keys.sessionToken = Self.token
    var request = HTTPRequest(
      method: "POST", url: "https://example.amazonaws.com/",
      headers: [("user-agent", "x"), ("accept", "y")])
    try signer.sign(&request, at: Self.time)
    #expect(
      request.headers.map(\.name) == ["user-agent", "accept", "x-amz-date", "x-amz-security-token", "authorization"])
    // That of post-sts-header-before: what a proxy may change is not signed.
    #expect(
      request.headers.last?.value
        == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        + "SignedHeaders=host;x-amz-date;x-amz-security-token, "
        + "Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead")
  }

  @Test(arguments: [
    ("https://h:8443/model/a%3A0/converse", "h:8443", "/model/a%253A0/converse", ""),
    ("http://h", "h", "/", ""), ("http://h?b=1&a=2", "h", "/", "a=2&b=1"),
    ("http://h/p?a-b=1&a=2&a=1", "h", "/p", "a=1&a=2&a-b=1"), ("http://h/?a=%2f&b", "h", "/", "a=%2F&b="),
    ("http://h/?q=a+b%zz", "h", "/", "q=a%2Bb%25zz"),
  ])
  func `an address is signed in one form`(_ url: String, _ host: String, _ path: String, _ query: String) throws {
    let address = SignedAddress(url)
    #expect(address.host == host)
    #expect(address.canonicalPath == path)
    #expect(address.canonicalQuery == query)
  }
}
