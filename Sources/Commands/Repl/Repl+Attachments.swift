// What is sent along with the next message.

import GatewayCore
import Wire

extension Repl {
  /// An image, a PDF or a sound the model can take, or a text in a fence.
  func attach(_ name: String) async throws {
    let part = try await part(invocation.environment.expandingHome(name))
    try checkModelTakes(part, name)
    attachments.append((name, part))
    note("attached: \(attachments.map(\.name).joined(separator: ", "))")
  }

  private func part(_ name: String) async throws -> ContentPart {
    if MediaKind(named: name) != nil || MediaKind(ofFile: name) != nil { return try invocation.attachment(name) }
    return ContentPart(.text(try await invocation.fragments([name], transport).text))
  }

  private func checkModelTakes(_ part: ContentPart, _ name: String) throws(CommandFailure) {
    let need: (word: String, capability: String)? =
      switch part.kind {
      case .image: ("images", "vision")
      case .document: ("PDF files", "pdf")
      case .audio: ("sounds", "audio_in")
      default: nil
      }
    // What is not known of a model is for its provider to say.
    guard let need, let facts = plan.first.facts, !facts.traits.capabilities.isEmpty,
      !facts.traits.capabilities.contains(need.capability)
    else { return }
    let others = catalog.modelNames(that: need.capability, limit: 3)
    throw CommandFailure(
      .usage, "attachment '\(safeLine(name))': \(plan.first.name) takes no \(need.word)",
      advice: others.isEmpty ? nil : "Models that do: \(others.joined(separator: ", ")).")
  }

  func detach() {
    note(attachments.isEmpty ? "nothing is attached" : "\(attachments.count) attachment(s) taken off")
    attachments = []
  }
}

extension MediaKind {
  /// By the ending of an address or a path.
  fileprivate init?(named name: String) {
    guard name.hasPrefix("https://") || name.hasPrefix("http://") else { return nil }
    let path = name.prefix { $0 != "?" && $0 != "#" }.lowercased()
    guard let kind = Self.allCases.first(where: { path.hasSuffix("." + $0.fileExtension) }) else { return nil }
    self = kind
  }

  /// By the first bytes of a file.
  fileprivate init?(ofFile path: String) {
    guard let beginning = try? readBeginning(of: path, count: 16), let kind = Self(firstBytes: beginning[...])
    else { return nil }
    self = kind
  }
}

extension Catalog {
  /// Models of providers that can be called, which can do that.
  fileprivate func modelNames(that capability: String, limit: Int) -> [String] {
    var names: [String] = []
    for provider in allProviders() where canBeCalled(provider) {
      for name in modelNames(beginning: provider.id + "/") {
        guard let target = try? resolve(name), target.facts?.traits.capabilities.contains(capability) == true
        else { continue }
        names.append(name)
        if names.count == limit { return names }
        break
      }
    }
    return names
  }
}
