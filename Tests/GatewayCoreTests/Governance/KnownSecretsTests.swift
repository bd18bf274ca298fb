// What was digested lately is not digested again, and nothing else is taken for it.
import Testing

@testable import GatewayCore

struct KnownSecretsTests {
  private func digest(_ number: UInt8) throws -> AccessDigest {
    try #require(AccessDigest([UInt8](repeating: number, count: 32)))
  }

  @Test func `a secret has its own digest, one that was not seen has none`() throws {
    var known = KnownSecrets()
    known.remember(try digest(1), of: "llmgw-one")
    known.remember(try digest(2), of: "llmgw-two")
    #expect(known.digest(of: "llmgw-one") == (try digest(1)))
    #expect(known.digest(of: "llmgw-two") == (try digest(2)))
    for other in ["llmgw-on", "llmgw-onf", "Llmgw-one", "llmgw-one ", ""] { #expect(known.digest(of: other) == nil) }
  }

  @Test func `however many are seen, few are kept`() throws {
    var known = KnownSecrets()
    for number in 0..<3 * KnownSecrets.limit { known.remember(try digest(1), of: "llmgw-\(number)") }
    let kept = (0..<3 * KnownSecrets.limit).count { known.digest(of: "llmgw-\($0)") != nil }
    #expect((1...KnownSecrets.limit).contains(kept))
  }
}
