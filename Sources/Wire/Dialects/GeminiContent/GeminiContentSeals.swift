// `thoughtSignature` is Base64 here: SDKs decode it, and write it again in either alphabet. What is put there for
// another family of models must therefore be Base64 too.

enum GeminiContentSeal {
  /// `carried(in:)` begins so, in Base64.
  private static let beginning = base64(Array("llmgw.".utf8))
  /// What stands before the family tells encrypted thinking from a signature.
  private static let encryptedMark = "encrypted:"
  private static let signatureMark = "signature:"
  /// Stands for a family nobody told.
  private static let unknownFamily = "any"

  /// The text to tell a client.
  static func carried(_ seal: Seal, isEncrypted: Bool = false) -> String {
    if !isEncrypted, seal.isReadable(by: .gemini), decoded(seal.text) != nil { return seal.text }
    let family = seal.family?.rawValue ?? unknownFamily
    let mark = isEncrypted ? encryptedMark : signatureMark
    let marked = Seal(seal.text, of: Seal.Family(rawValue: mark + family))
    return base64(Array(marked.carried(in: .gemini).utf8))
  }

  /// Reads a signature, whoever made it.
  static func read(_ text: String) -> (seal: Seal, isEncrypted: Bool) {
    guard text.hasPrefix(beginning), let bytes = decoded(text) else { return (Seal(text, of: .gemini), false) }
    var seal = Seal(carried: String(decoding: bytes, as: UTF8.self), in: .gemini)
    let marked = seal.family?.rawValue ?? ""
    let isEncrypted = marked.hasPrefix(encryptedMark)
    let family = String(marked.dropFirst(isEncrypted ? encryptedMark.count : signatureMark.count))
    seal.family = family == unknownFamily ? nil : Seal.Family(rawValue: family)
    return (seal, isEncrypted)
  }

  private static func decoded(_ text: String) -> [UInt8]? { bytes(base64: text) ?? bytes(base64URL: text) }
}

extension ReasoningBlock {
  /// Thinking with what stood in its `thoughtSignature`.
  init(text: String, geminiSignature: String?) {
    self.init(text: text)
    guard let geminiSignature, !geminiSignature.isEmpty else { return }
    let (seal, isEncrypted) = GeminiContentSeal.read(geminiSignature)
    if isEncrypted { encrypted = seal } else { signature = seal }
  }
}
