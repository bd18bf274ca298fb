// A provider is data: each file in Tests/Fixtures/providers describes one that does not exist, what a client asks of it,
// what it is sent, and what its answer means. Another one takes a file and no Swift.

import Glibc
import Testing
import Wire

@testable import GatewayCore

struct MadeUpProviders {
  @Test(arguments: MadeUpProvider.all)
  func `a provider described by data is called as it wants to be`(_ made: MadeUpProvider) throws {
    let provider = Provider(row: try #require(made.json["provider"]?.object))
    let endpoint = try #require(provider.endpoints.first)
    let name = try #require(DialectName(rawValue: endpoint.dialect))
    let quirks = try Quirks(json: provider.quirks)

    let client = try OpenAIChat.decodeRequest(try #require(made.json["asks"]).bytes, at: RequestAddress())
    let step = Translation.request(of: client, from: .openAIChat, to: name)
    let encoded = try name.dialect.encode(step.request, to: ModelTraits(), quirks: quirks)
    let url = name.dialect.chatURL(
      base: endpoint.baseURL, model: step.request.model, streams: false, quirks: quirks)
    #expect(url == made.json["url"]?.string)
    #expect(try JSON.parse(encoded.body).withSortedMembers == made.json["sent"]?.withSortedMembers)
    let changes = (step.changes + encoded.changes).map { "\($0.what.rawValue) \($0.field)" }
    #expect(changes.sorted() == made.json["changes"]?.texts.sorted())

    let reply = try name.dialect.decodeReply(try #require(made.json["answers"]).bytes, quirks: quirks)
    let expected = made.json["expected"]
    #expect(reply.text == expected?["text"]?.string ?? "")
    #expect(reply.reasoningText == expected?["reasoning"]?.string ?? "")
    #expect(reply.toolCalls.map { "\($0.id) \($0.name) \($0.arguments)" } == expected?["calls"]?.texts ?? [])
    #expect(reply.finish?.reason.rawValue == expected?["finish"]?.string)
    #expect(reply.usage?.input == expected?["input"]?.int)
    #expect(reply.usage?.output == expected?["output"]?.int)
    #expect(reply.usage?.reportedCost.map { Int($0) } == expected?["cost"]?.int)
  }

  @Test func `there are made-up providers`() {
    #expect(MadeUpProvider.all.count >= 2)
    #expect(MadeUpProvider.all.allSatisfy { $0.json["expected"] != nil })
  }
}

struct MadeUpProvider: Sendable, CustomTestStringConvertible {
  let name: String
  let json: JSON
  var testDescription: String { name }

  static let all: [MadeUpProvider] = {
    let folder = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Fixtures/providers"
    return names(in: folder).compactMap { name in
      // A file that cannot be read expects nothing, and so fails.
      (try? readFile("\(folder)/\(name)", limit: 1 << 20)).map {
        MadeUpProvider(name: name, json: (try? JSON.parse($0)) ?? .null)
      }
    }
  }()

  private static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasSuffix(".json") { names.append(name) }
    }
    return names.sorted()
  }
}

extension JSON {
  /// Members in one order, at every depth.
  fileprivate var withSortedMembers: JSON {
    switch self {
    case .array(let elements): return .array(elements.map(\.withSortedMembers))
    case .object(let object):
      let members = object.members.sorted { $0.name < $1.name }
      return .object(JSONObject(members.map { ($0.name, $0.value.withSortedMembers) }))
    default: return self
    }
  }
}
