// What may know what, and what may stand where. A rule that fails names the file and the line.

import Glibc
import Testing

struct HouseRules {
  /// What a target may import besides the standard library.
  ///
  /// `Wire` may import nothing at all.
  static let mayImport: [String: Set<String>] = [
    "Wire": [],
    "GatewayCore": ["CCatalog", "CCrypto", "CCurl", "CSQLite", "CYAML", "Glibc", "Synchronization", "Wire"],
    // The only one that knows SwiftNIO.
    "GatewayServer": ["CZlib", "GatewayCore", "Glibc", "NIOCore", "NIOHTTP1", "NIOPosix", "Synchronization", "Wire"],
    // The only one that knows the histogram.
    "Benchmarking": ["GatewayCore", "Glibc", "Histogram", "Synchronization", "Wire"],
    "CommandLineKit": [],
    "Commands": [
      "Benchmarking", "CEdit", "CommandLineKit", "GatewayCore", "GatewayServer", "Glibc", "Synchronization", "Wire",
    ],
    "llmgw": ["Commands", "GatewayCore", "Glibc"],
  ]

  @Test(arguments: mayImport.keys.sorted())
  func `a target imports nothing it must not know`(_ target: String) {
    let files = SourceTree.swiftFiles(below: "Sources/\(target)")
    #expect(!files.isEmpty)
    for file in files {
      #expect(Self.mayImport[target]?.isSuperset(of: file.imports) == true, "\(file) imports \(file.imports)")
    }
  }

  @Test func `every target with Swift in it has its rule`() {
    let targets = Set(SourceTree.swiftFiles(below: "Sources").map(\.target))
    #expect(targets == Set(Self.mayImport.keys))
  }

  /// Folders of GatewayCore that must stay ignorant of others, seen by the types they name.
  @Test(arguments: [
    ("Sources/GatewayCore/Money", ["Ledger", "Gateway", "Transport", "Catalog", "Settings"]),
    ("Sources/GatewayCore/Transport", ["Ledger", "Gateway", "Catalog", "Provider", "ChatRequest", "Settings"]),
    ("Sources/GatewayCore/Credentials", ["Ledger", "Gateway", "Transport", "Catalog", "ChatRequest"]),
    ("Sources/GatewayCore/Ledger", ["Gateway", "Transport", "Catalog", "HTTPRequest"]),
    ("Sources/GatewayCore/Governance", ["Gateway", "Transport", "Catalog", "Settings", "HTTPRequest"]),
    ("Sources/GatewayServer/HTTP", ["Ledger", "Catalog", "Settings", "Transport", "ChatRequest", "Dialect", "JSON"]),
    ("Sources/Wire/JSON", ["ChatRequest", "ChatReply", "ChatEvent", "Quirks"]),
    ("Sources/Wire/ServerSentEvents", ["JSON", "ChatEvent"]),
    ("Sources/Wire/AWSEventStream", ["JSON", "ChatEvent"]),
    ("Sources/Wire/Chat", ["OpenAIChat", "AnthropicMessages", "Quirks"]),
  ])
  func `a folder does not name what stands above it`(_ folder: String, _ forbidden: [String]) {
    let files = SourceTree.swiftFiles(below: folder)
    #expect(!files.isEmpty)
    for file in files {
      for (number, code) in file.codeLines {
        let words = code.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
        let found = forbidden.filter(words.contains)
        #expect(found.isEmpty, "\(file):\(number) names \(found)")
      }
    }
  }

  /// Provider ids that are also ordinary words or names of a wire format would make every rule a liar.
  static let ordinaryWords: Set<String> = [
    "cloudflare", "inference", "offline", "parallel-ai", "meta", "synthetic", "you-com",
  ]

  @Test func `no provider's name stands in code`() {
    let providers = SourceTree.paths(below: "Sources/GatewayCore/Catalog/data").compactMap { path in
      path.split(separator: "/").last?.dropLast(".json".count)
    }.map(String.init).filter { $0.count > 3 && !Self.ordinaryWords.contains($0) }
    #expect(providers.count > 200)
    let names = Set(providers)
    for file in SourceTree.swiftFiles(below: "Sources") where file.target != "CommandLineKit" {
      // Examples in help may name models; a decision may not.
      for (number, code) in file.codeLines where !code.contains("llmgw ") {
        for literal in Self.literals(in: code) {
          let words = literal.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }.map(
            String.init)
          let found = words.filter(names.contains)
          let isDialect = Self.dialects.contains(String(literal))
          #expect(found.isEmpty || isDialect, "\(file):\(number) names \(found)")
        }
      }
    }
  }

  /// Names of wire formats, and a part of an address that one of them prescribes.
  static let dialects: Set<String> = [
    "openai-chat", "anthropic-messages", "openai-responses", "gemini", "vertex-gemini", "ollama", "/openai",
    "/anthropic",
  ]

  /// The texts between quotes on a line.
  static func literals(in code: Substring) -> [Substring] {
    code.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
      .map(\.element)
  }

  @Test(arguments: ["Utils", "Utilities", "Helper", "Helpers", "Common", "Manager", "Misc"])
  func `no file is a drawer for odds and ends`(_ word: String) {
    for file in SourceTree.swiftFiles(below: "Sources") {
      let name = file.path.split(separator: "/").last ?? ""
      #expect(!name.contains(word), "\(file)")
    }
  }

  @Test func `no file is too long to hold one idea`() {
    for file in SourceTree.swiftFiles(below: "Sources") {
      #expect(file.lines.count <= 500, "\(file) has \(file.lines.count) lines")
    }
  }

  @Test(arguments: ["try!", "as!", "fatalError(", "@preconcurrency"])
  func `nothing that crashes on input`(_ text: String) {
    for file in SourceTree.swiftFiles(below: "Sources") {
      for (number, code) in file.codeLines {
        #expect(!code.contains(text), "\(file):\(number)")
      }
    }
  }

  @Test func `a promise to the compiler says what keeps it`() {
    for file in SourceTree.swiftFiles(below: "Sources") {
      for (index, line) in file.lines.enumerated()
      where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
        let before = index > 0 ? file.lines[index - 1] : ""
        #expect(line.contains("//") || before.contains("//"), "\(file):\(index + 1)")
      }
    }
  }

  @Test func `the embedded tables are in step with the data files`() {
    #expect(system("python3 '\(SourceTree.root)/scripts/catalog.py' check") == 0)
  }
}
