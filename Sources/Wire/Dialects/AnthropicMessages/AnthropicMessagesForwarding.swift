// A request and a stream that pass through between a client and a provider that both speak this format.

extension AnthropicMessages {
  /// Where the version stands in the body, the model stands in the address.
  public static func forward(
    _ body: [UInt8], model: String, quirks: Quirks
  ) throws(WireError) -> EncodedRequest {
    let members: [(name: String, value: JSON?)] =
      quirks.versionInBody.map { [("anthropic_version", .string($0)), ("model", nil)] } ?? [("model", .string(model))]
    return EncodedRequest(body: try JSON.splicing(members, into: body), changes: [])
  }

  /// The deltas of blocks say nothing but pieces; the name of the event tells them.
  public static func isTelling(_ frame: ArraySlice<UInt8>) -> Bool {
    !frame.starts(with: "event: content_block_delta\n".utf8)
  }
}
