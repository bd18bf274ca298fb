// The definitions of what is measured, on requests written down by hand.

import Benchmarking
import GatewayCore
import Testing

struct MeasureTests {
  static var sample: Sample {
    var sample = Sample(
      target: 0, number: 7, intended: 1000, started: 1500, ended: 9500, status: .ok, operation: "op")
    sample.firstToken = 3500
    sample.firstVisibleToken = 4500
    sample.lastToken = 7500
    sample.usage.output = 5
    return sample
  }

  @Test func `service counts from the start, response from the intended start`() {
    let sample = Self.sample
    #expect(sample.serviceTime == 8000)
    #expect(sample.responseTime == 8500)
    #expect(sample.timeToFirstToken == 2000)
    #expect(sample.timeToFirstVisibleToken == 3000)
  }

  @Test func `the first token is not in the time per output token`() {
    #expect(Self.sample.timePerOutputToken == 1000)
    #expect(Self.sample.outputRate == 625)
  }

  @Test(arguments: [nil, 0, 1])
  func `an answer of fewer than two tokens has no time per output token`(_ output: Int?) {
    var sample = Self.sample
    sample.usage.output = output
    #expect(sample.timePerOutputToken == nil)
  }

  @Test(
    arguments: zip([CallStatus.ok, .truncated, .failed, .interrupted, .refused], [true, true, false, false, false]))
  func `an answer counts when it is whole or cut by a limit`(_ status: CallStatus, _ isGood: Bool) {
    var sample = Self.sample
    sample.status = status
    #expect(sample.isGood == isGood)
    sample.failure = "server"
    #expect(!sample.isGood)
  }
}
