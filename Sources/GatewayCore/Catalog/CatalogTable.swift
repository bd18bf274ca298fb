// A table embedded in the binary, searched where it lies: nothing is parsed or copied before it is asked for.

import CCatalog

/// Lines of `key TAB value`, sorted by the bytes of the key.
package struct CatalogTable: @unchecked Sendable {  // points to constants of the binary, which nothing writes
  package typealias Bytes = Slice<UnsafeRawBufferPointer>

  private let text: UnsafeRawBufferPointer

  /// By provider name or alias: the provider's data as JSON, or `=id` for an alias.
  package static let providers = CatalogTable(
    text: UnsafeRawBufferPointer(start: llmgw_providers, count: llmgw_providers_size))
  /// By `provider/model`: the model's data as JSON, or `=model` for another spelling.
  package static let models = CatalogTable(text: UnsafeRawBufferPointer(start: llmgw_models, count: llmgw_models_size))

  /// The value that stands behind exactly this key.
  package func value(of key: String) -> [UInt8]? {
    guard let entry = entry(at: firstLine(atOrAfter: Array(key.utf8))), entry.key.elementsEqual(key.utf8) else {
      return nil
    }
    return Array(entry.value)
  }

  /// Every entry whose key begins with `prefix`, in order, until `body` returns false.
  package func forEach(prefix: String = "", _ body: (_ key: Bytes, _ value: Bytes) -> Bool) {
    let wanted = Array(prefix.utf8)
    var line = firstLine(atOrAfter: wanted)
    while let entry = entry(at: line), entry.key.starts(with: wanted), body(entry.key, entry.value) {
      line = entry.value.endIndex + 1
    }
  }

  /// The offset of the first line whose key is not less than `wanted`.
  private func firstLine(atOrAfter wanted: [UInt8]) -> Int {
    var low = 0
    var high = text.count
    while low < high {
      let line = startOfLine(around: low + (high - low) / 2)
      guard let entry = entry(at: line) else { break }
      if entry.key.lexicographicallyPrecedes(wanted) {
        low = entry.value.endIndex + 1
      } else {
        high = line
      }
    }
    return low
  }

  private func startOfLine(around offset: Int) -> Int {
    text[..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
  }

  private func entry(at line: Int) -> (key: Bytes, value: Bytes)? {
    guard line < text.count, let tab = text[line...].firstIndex(of: UInt8(ascii: "\t")),
      let end = text[tab...].firstIndex(of: UInt8(ascii: "\n"))
    else { return nil }
    return (text[line..<tab], text[(tab + 1)..<end])
  }
}
