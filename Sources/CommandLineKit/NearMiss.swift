// Which of the known words was probably meant.

/// The words of `candidates` nearest to `typed`: at most `limit`, all equally near, none farther than two edits (one
/// for a short word).
///
/// A word that `typed` begins is one edit away.
package func nearMisses(of typed: String, among candidates: some Sequence<String>, limit: Int = 3) -> [String] {
  let wanted = Array(typed.lowercased().unicodeScalars.prefix(longestCompared))
  let farthest = wanted.count <= 5 ? 1 : 2
  var found: [(distance: Int, word: String)] = []
  for word in candidates {
    let known = Array(word.lowercased().unicodeScalars.prefix(longestCompared))
    let isBeginning = wanted.count >= 3 && known.starts(with: wanted)
    guard isBeginning || abs(known.count - wanted.count) <= farthest else { continue }
    let distance = isBeginning ? 1 : editDistance(wanted, known)
    if distance <= farthest { found.append((distance, word)) }
  }
  let nearest = found.map(\.distance).min()
  return found.filter { $0.distance == nearest }.map(\.word).sorted().prefix(limit).map { $0 }
}

/// `Did you mean 'a'?` or `Did you mean 'a' or 'b'?`; `nil` when nothing is near.
package func didYouMean(_ typed: String, among candidates: some Sequence<String>) -> String? {
  let near = nearMisses(of: typed, among: candidates)
  guard let last = near.last else { return nil }
  let first = near.dropLast().map { "'\($0)'" }.joined(separator: ", ")
  return first.isEmpty ? "Did you mean '\(last)'?" : "Did you mean \(first) or '\(last)'?"
}

/// Longer words are compared by their beginning, so that a pasted page costs no time.
private let longestCompared = 64

/// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment).
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
  var beforeLast = [Int](repeating: 0, count: right.count + 1)
  var last = Array(0...right.count)
  for row in 0..<left.count {
    var current = [row + 1]
    for column in 0..<right.count {
      let substituted = last[column] + (left[row] == right[column] ? 0 : 1)
      var best = min(substituted, last[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        best = min(best, beforeLast[column - 1] + 1)
      }
      current.append(best)
    }
    (beforeLast, last) = (last, current)
  }
  return last[right.count]
}
