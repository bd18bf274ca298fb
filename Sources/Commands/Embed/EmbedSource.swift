// The texts of `llmgw embed`, in the order in which they are to be embedded.

import GatewayCore
import Wire

/// One text and its number, from 1.
struct EmbedItem: Sendable {
  var number: Int
  /// `nil` for an empty line, which has no vector.
  var text: String?
}

/// Where texts come from: the command line and files, or the lines of standard input, read as they are needed.
enum EmbedSource: Sendable {
  case items([EmbedItem])
  case lines(MapInput)

  private static let longestText = 64 << 20

  init(_ options: EmbedOptions, _ invocation: Invocation) async throws {
    if options.readsLines {
      self = .lines(try await MapInput(nil, format: .lines, sleep: invocation.runtime.sleep))
      return
    }
    var texts = options.texts
    for path in options.files { texts.append(try Self.text(of: path)) }
    if texts.isEmpty, !invocation.terminal.stdinIsTerminal { texts = [try invocation.textFromStdin()] }
    guard !texts.isEmpty, !texts.contains("") else {
      throw CommandFailure(.usage, "embed: there is no text", advice: "Write one, name a file with -f, or pipe one in.")
    }
    self = .items(texts.enumerated().map { EmbedItem(number: $0.offset + 1, text: $0.element) })
  }

  private static func text(of path: String) throws -> String {
    let bytes: [UInt8]
    do {
      bytes = try readFile(path, limit: longestText)
    } catch {
      throw CommandFailure(.general, "file '\(path)': \(error.why)")
    }
    guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure(.usage, "file '\(path)': it is not UTF-8 text")
    }
    return text
  }

  /// Hands the items to `take`, one after the other, until it has enough.
  func forEach(_ take: (EmbedItem) async throws -> Bool) async throws {
    switch self {
    case .items(let items):
      for item in items where try await !take(item) { return }
    case .lines(let input):
      while let line = try await input.next() {
        switch line.content {
        case .line(let text, _): if try await !take(EmbedItem(number: line.number, text: text)) { return }
        case .blank: if try await !take(EmbedItem(number: line.number, text: nil)) { return }
        case .unreadable(let why): throw CommandFailure(.usage, "line \(line.number): \(why)")
        }
      }
    }
  }
}

/// Items that go out together.
struct EmbedBatch: Sendable {
  private(set) var items: [EmbedItem] = []
  private var byteCount = 0
  private let mostItems: Int

  /// Providers limit the tokens of a call, too (OpenAI: 300,000, Voyage: 120,000 for its largest models).
  private static let mostBytes = 256 << 10

  init(mostItems: Int) { self.mostItems = mostItems }

  var isEmpty: Bool { items.isEmpty }
  var texts: [String] { items.compactMap(\.text) }

  /// Adds `item`, unless there is no room for it.
  mutating func add(_ item: EmbedItem) -> Bool {
    let size = item.text?.utf8.count ?? 0
    guard items.isEmpty || items.count < mostItems && byteCount + size <= Self.mostBytes else { return false }
    items.append(item)
    byteCount += size
    return true
  }
}
