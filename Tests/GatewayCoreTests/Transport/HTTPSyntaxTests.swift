// What may stand where in a head of HTTP.

import Testing

@testable import GatewayCore

struct HTTPSyntaxes {
  @Test func `a token is made of letters, digits and some marks`() {
    let allowed = Set("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".unicodeScalars)
    for value in UInt8.min...UInt8.max {
      let scalar = Unicode.Scalar(value)
      #expect(HTTPSyntax.isToken("a\(scalar)") == allowed.contains(scalar), "byte \(value)")
    }
    #expect(!HTTPSyntax.isToken(""))
  }

  @Test(
    arguments: zip(
      ["127.0.0.1", "127.1.2.3", "127.0.0", "1270.0.0.1", "127.0.0.256", "128.0.0.1"],
      [true, true, false, false, false, false]))
  func `only the addresses of this machine are loopback`(_ host: String, _ isLoopback: Bool) {
    #expect(Origin(url: "http://\(host):80/")?.isLoopback == isLoopback)
  }
}
