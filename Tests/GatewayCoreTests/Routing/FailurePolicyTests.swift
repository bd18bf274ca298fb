// When to try again, and how long providers ask to wait.

import Testing
import Wire

@testable import GatewayCore

struct FailurePolicies {
  @Test(arguments: [
    (ProviderFailure.Kind.rateLimited, FailurePolicy.Remedy.wait), (.overloaded, .wait), (.server, .wait),
    (.network, .wait), (.timeout, .moveOn), (.malformed, .moveOn), (.cut, .moveOn), (.authentication, .moveOn),
    (.permission, .moveOn), (.notFound, .moveOn), (.quota, .moveOn), (.invalidRequest, .end), (.contextLength, .end),
    (.contentFilter, .end),
  ])
  func `each kind of failure has its remedy`(_ kind: ProviderFailure.Kind, _ remedy: FailurePolicy.Remedy) {
    #expect(FailurePolicy.remedy(for: kind) == remedy)
  }

  @Test(arguments: ProviderFailure.Kind.allCases)
  func `only what may pass by itself is tried again`(_ kind: ProviderFailure.Kind) {
    let passes: Set<ProviderFailure.Kind> = [.rateLimited, .overloaded, .server, .network]
    let wait = FailurePolicy.wait(after: ProviderFailure(kind, message: ""), attempt: 1, random: 0)
    #expect((wait != nil) == passes.contains(kind))
    let asked = ProviderFailure(kind, message: "", retryAfterMilliseconds: 5)
    #expect((FailurePolicy.wait(after: asked, attempt: 1, random: 0) != nil) == passes.contains(kind))
  }

  @Test(arguments: [
    (1, 0.0, 250), (1, 0.5, 375), (1, 0.999, 499), (2, 0, 500), (2, 0.5, 750), (3, 0, 1000), (7, 0, 16_000),
    (8, 0, 16_000), (1000, 0, 16_000),
  ])
  func `waits double up to half a minute, less a random half`(_ attempt: Int, _ random: Double, _ milliseconds: Int) {
    let wait = FailurePolicy.wait(after: ProviderFailure(.server, message: ""), attempt: attempt, random: random)
    #expect(wait == .milliseconds(milliseconds))
  }

  @Test(arguments: [
    (0, Duration.zero), (-5, .zero), (1, .milliseconds(1)), (60_000, .seconds(60)), (60_001, nil), (Int.max, nil),
  ])
  func `what a provider asks for is kept to, or is too long`(_ asked: Int, _ wait: Duration?) {
    let failure = ProviderFailure(.rateLimited, message: "", retryAfterMilliseconds: asked)
    #expect(FailurePolicy.wait(after: failure, attempt: 3, random: 0.9) == wait)
  }
}

struct RetryAfterHeaders {
  @Test(
    arguments: [
      ([], nil), (["retry-after: 3"], 3000), (["Retry-After:  1.5 "], 1500), (["retry-after: 0"], 0),
      (["retry-after: -1"], nil), (["retry-after: soon"], nil), (["retry-after: "], nil), (["retry-after: nan"], nil),
      (["retry-after: 1e99"], 1_000_000_000), (["retry-after: inf"], 1_000_000_000),
      (["retry-after-ms: 250", "retry-after: 9"], 250), (["retry-after-ms: 0.4"], 0),
      (["retry-after-ms: soon", "retry-after: 9"], 9000), (["retry-after-ms: -1", "retry-after: 9"], 9000),
      (["retry-after-ms: inf"], 1_000_000_000), (["retry-after: Mon, 16 Nov 2026 12:01:00 GMT"], 60_000),
      // What is over is over.
      (["retry-after: Mon, 16 Nov 2026 11:00:00 GMT"], 0),
    ] as [([String], Int?)])
  func `the header is read in each of its forms`(_ lines: [String], _ milliseconds: Int?) {
    var headers = HTTPHeaders()
    for line in lines { Array(line.utf8).withUnsafeBufferPointer { headers.append(line: $0) } }
    #expect(RetryAfter.milliseconds(in: headers, now: mondayNoon) == milliseconds)
  }

  @Test(arguments: [
    ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ("Tue, 29 Feb 2028 23:59:59 GMT", 1_835_481_599), ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
    ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799),
  ])
  func `a date of HTTP is read`(_ text: String, _ seconds: Int64) {
    #expect(HTTPDate.parse(text) == Timestamp(microseconds: seconds * 1_000_000))
  }

  @Test(arguments: [
    "", "GMT", "06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 08:49 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Noo 1994 08:49:37 GMT",
    "Sun, 06 Nov 1969 08:49:37 GMT", "Sun, 06 Nov 99999 08:49:37 GMT", "Sun, x6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:x:49:37 GMT", "Sun, 06 Nov 1994 -8:49:37 GMT",
  ])
  func `what is no date of HTTP is none`(_ text: String) {
    #expect(HTTPDate.parse(text) == nil)
  }
}
