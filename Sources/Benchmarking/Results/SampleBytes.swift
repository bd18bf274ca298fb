// Requests as bytes: small whole numbers take one byte each, and so do most gaps between tokens two.

import GatewayCore
import Wire

/// Bytes that no version of this program has written so.
package struct DamagedSamples: Error, Equatable {}

/// Either writes fields or reads them: a sample names its fields once, in one order, for both.
protocol SampleFields {
  mutating func take(_ number: inout Int64) throws(DamagedSamples)
  mutating func take(_ text: inout String) throws(DamagedSamples)
}

/// Writes numbers in base 128 (LEB128), the sign in the lowest bit.
struct SampleWriter: SampleFields {
  private(set) var bytes: [UInt8] = []

  mutating func take(_ number: inout Int64) {
    var rest = UInt64(bitPattern: (number << 1) ^ (number >> 63))
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func take(_ text: inout String) {
    var count = Int64(text.utf8.count)
    take(&count)
    bytes += text.utf8
  }
}

/// Reads what a `SampleWriter` wrote.
struct SampleReader: SampleFields {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ number: inout Int64) throws(DamagedSamples) {
    var bits: UInt64 = 0
    for place in 0..<10 {
      guard let byte = rest.popFirst() else { throw DamagedSamples() }
      bits |= UInt64(byte & 0x7F) << UInt64(7 * place)
      guard byte & 0x80 != 0 else {
        number = Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
        return
      }
    }
    throw DamagedSamples()
  }

  mutating func take(_ text: inout String) throws(DamagedSamples) {
    var count: Int64 = 0
    try take(&count)
    guard count >= 0, count <= rest.count else { throw DamagedSamples() }
    text = String(decoding: rest.prefix(Int(count)), as: UTF8.self)
    rest = rest.dropFirst(Int(count))
  }
}

extension SampleFields {
  fileprivate mutating func take(_ number: inout Int) throws(DamagedSamples) {
    var wide = Int64(number)
    try take(&wide)
    number = Int(wide)
  }

  fileprivate mutating func take(_ flag: inout Bool) throws(DamagedSamples) {
    var number: Int64 = flag ? 1 : 0
    try take(&number)
    flag = number != 0
  }

  /// A number after a mark of whether there is one, which most often costs a byte.
  fileprivate mutating func take<Number: FixedWidthInteger>(_ number: inout Number?) throws(DamagedSamples) {
    var isThere = number != nil
    try take(&isThere)
    var wide = Int64(clamping: number ?? 0)
    if isThere { try take(&wide) }
    number = isThere ? Number(clamping: wide) : nil
  }

  fileprivate mutating func take(_ text: inout String?) throws(DamagedSamples) {
    var isThere = text != nil
    try take(&isThere)
    var some = text ?? ""
    if isThere { try take(&some) }
    text = isThere ? some : nil
  }

  /// A moment as what lies between it and another.
  fileprivate mutating func take(_ moment: inout Int64, after earlier: Int64) throws(DamagedSamples) {
    var gap = moment &- earlier
    try take(&gap)
    moment = earlier &+ gap
  }

  fileprivate mutating func take(_ moment: inout Int64?, after earlier: Int64) throws(DamagedSamples) {
    var gap = moment.map { $0 &- earlier }
    try take(&gap)
    moment = gap.map { earlier &+ $0 }
  }

  fileprivate mutating func take<Word: RawRepresentable<String>>(_ word: inout Word) throws(DamagedSamples) {
    var text = word.rawValue
    try take(&text)
    guard let known = Word(rawValue: text) else { throw DamagedSamples() }
    word = known
  }

  fileprivate mutating func take(_ gaps: inout [UInt32]) throws(DamagedSamples) {
    var count = gaps.count
    try take(&count)
    if gaps.count != count {
      gaps = []
      // One by one: the count may be a lie.
      for _ in 0..<max(count, 0) {
        var gap: Int64 = 0
        try take(&gap)
        gaps.append(UInt32(clamping: gap))
      }
    } else {
      for gap in gaps {
        var wide = Int64(gap)
        try take(&wide)
      }
    }
  }
}

extension Sample {
  /// How many are stored together.
  private static let inOnePart = 1_000

  /// All of them, some in each part.
  static func parts(_ samples: [Sample]) -> [[UInt8]] {
    stride(from: 0, to: samples.count, by: inOnePart).map { start in
      var writer = SampleWriter()
      for var sample in samples[start..<min(start + inOnePart, samples.count)] {
        // Writing fails at nothing.
        try? sample.pass(&writer)
      }
      return writer.bytes
    }
  }

  static func read(_ parts: [[UInt8]]) throws(DamagedSamples) -> [Sample] {
    var samples: [Sample] = []
    for part in parts {
      var reader = SampleReader(part)
      while !reader.isAtEnd {
        var sample = Sample(
          target: 0, number: 0, intended: 0, started: 0, ended: 0, status: .ok, operation: "")
        try sample.pass(&reader)
        samples.append(sample)
      }
    }
    return samples
  }

  private mutating func pass(_ fields: inout some SampleFields) throws(DamagedSamples) {
    try fields.take(&target)
    try fields.take(&number)
    try fields.take(&isWarmUp)
    try fields.take(&intended)
    try fields.take(&started, after: intended)
    try passConnection(&fields)
    try fields.take(&firstByte, after: started)
    try fields.take(&firstToken, after: started)
    try fields.take(&firstVisibleToken, after: started)
    try fields.take(&lastToken, after: started)
    try fields.take(&ended, after: started)
    try fields.take(&gaps)
    try usage.pass(&fields)
    try fields.take(&usageIsEstimated)
    try fields.take(&finishReason)
    try fields.take(&status)
    try fields.take(&httpStatus)
    try fields.take(&failure)
    try passCost(&fields)
    try fields.take(&operation)
    try fields.take(&requestID)
  }

  private mutating func passConnection(_ fields: inout some SampleFields) throws(DamagedSamples) {
    var isKnown = connection != nil
    try fields.take(&isKnown)
    guard isKnown else { return }
    var known = connection ?? Connection(isReused: false)
    try fields.take(&known.isReused)
    try fields.take(&known.nameLookup)
    try fields.take(&known.connect)
    try fields.take(&known.tls)
    connection = known
  }

  private mutating func passCost(_ fields: inout some SampleFields) throws(DamagedSamples) {
    var (amount, computed) = (cost.amount?.count, cost.computed?.count)
    try fields.take(&amount)
    try fields.take(&computed)
    try fields.take(&cost.source)
    try fields.take(&cost.priceID)
    (cost.amount, cost.computed) = (amount.map(Picodollars.init), computed.map(Picodollars.init))
  }
}

extension Usage {
  /// The counts; the provider's own words for them are on the books.
  fileprivate mutating func pass(_ fields: inout some SampleFields) throws(DamagedSamples) {
    try fields.take(&input)
    try fields.take(&output)
    try fields.take(&cacheRead)
    try fields.take(&cacheWrite)
    try fields.take(&cacheWriteOneHour)
    try fields.take(&reasoning)
    try fields.take(&audioInput)
    try fields.take(&audioOutput)
    try fields.take(&imageInput)
    try fields.take(&imageOutput)
    try fields.take(&searches)
    try fields.take(&queries)
  }
}
