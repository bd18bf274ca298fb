// Facts about one thing, a line each.

/// A line for each fact that is known, the values below each other.
func namedLines(_ facts: [(String, String?)]) -> String {
  let known = facts.compactMap { name, value in value.map { (name, $0) } }
  let widest = known.map(\.0.count).max() ?? 0
  return known.map { name, value in
    name + String(repeating: " ", count: widest - name.count + 2) + safeLine(value) + "\n"
  }.joined()
}
