/// The bytes within a `data:` address (RFC 2397), which are not fetched.
struct InlineData {
  let mediaType: String
  let base64: String

  /// `nil` for another kind of address, or one that is not Base64.
  init?(_ url: String) {
    guard url.hasPrefix("data:"), let comma = url.firstIndex(of: ",") else { return nil }
    let head = url[..<comma].dropFirst("data:".count)
    guard head.hasSuffix(";base64") else { return nil }
    mediaType = String(head.prefix { $0 != ";" })
    base64 = String(url[url.index(after: comma)...])
  }
}
