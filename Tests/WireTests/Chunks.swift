/// Ways to cut a body: into pieces of that many bytes, `nil` for not at all.
let chunkSizes: [Int?] = [1, 2, 7, nil]

extension [UInt8] {
  /// These bytes in pieces of `size`, or whole.
  func chunks(of size: Int?) -> [[UInt8]] {
    guard let size else { return [self] }
    return stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
