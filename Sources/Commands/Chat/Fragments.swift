// `-f`: text put before the prompt, each piece in a fence that says where it came from.

import GatewayCore
import Wire

/// A piece of text and the name it goes by.
struct Fragment: Equatable, Sendable {
  var name: String
  var text: String

  /// The bytes of all fragments together, names included, that are sent at most: more than any model reads.
  static let mostBytes = 16 << 20

  /// The name, the text in a fence longer than any within it, and an empty line.
  var fenced: String {
    let fence = String(repeating: "`", count: max(3, longestRun + 1))
    return "\(safeLine(name)):\n\(fence)\n\(text)\(text.hasSuffix("\n") || text.isEmpty ? "" : "\n")\(fence)\n\n"
  }

  private var longestRun: Int {
    var (longest, current) = (0, 0)
    for byte in text.utf8 {
      current = byte == UInt8(ascii: "`") ? current + 1 : 0
      longest = max(longest, current)
    }
    return longest
  }

  /// `nil` when the bytes are not UTF-8 text.
  init?(name: String, bytes: [UInt8]) {
    let isBinary = bytes.contains(0)
    guard !isBinary, let text = String(validating: bytes, as: UTF8.self) else { return nil }
    self.init(name: name, text: text)
  }

  init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

/// What `-f` brought together.
struct Fragments: Sendable {
  private(set) var list: [Fragment] = []
  /// Files of a directory that were left out because they are not text.
  var skippedFiles = 0
  private var bytesLeft = Fragment.mostBytes

  /// The text that goes before the prompt.
  var text: String { list.reduce(into: "") { $0 += $1.fenced } }

  /// How much more may be added, in bytes.
  var room: Int { bytesLeft }

  mutating func add(_ fragment: Fragment) throws(CommandFailure) {
    bytesLeft -= fragment.name.utf8.count + fragment.text.utf8.count
    guard bytesLeft >= 0 else {
      throw CommandFailure(.usage, "fragments: together they are larger than \(Fragment.mostBytes >> 20) MiB")
    }
    list.append(fragment)
  }
}

extension Invocation {
  /// Reads every `-f` in order.
  func fragments(_ typed: [String], _ transport: Transport) async throws -> Fragments {
    var fragments = Fragments()
    for name in typed {
      if name.hasPrefix("https://") || name.hasPrefix("http://") {
        try fragments.add(try await page(name, transport, limit: fragments.room))
      } else if name == "-" {
        try fragments.add(file("standard input") { (limit) throws(FileFailure) in try readStdin(limit) })
      } else if let folder = FragmentFolder(path: name) {
        try folder.add(to: &fragments)
      } else {
        try fragments.add(file(name) { (limit) throws(FileFailure) in try readFile(name, limit: limit) })
      }
    }
    return fragments
  }

  private func file(_ name: String, read: (Int) throws(FileFailure) -> [UInt8]) throws(CommandFailure) -> Fragment {
    let bytes: [UInt8]
    do {
      bytes = try read(Fragment.mostBytes)
    } catch {
      throw CommandFailure(.general, "file '\(name)': \(error.why)")
    }
    guard let fragment = Fragment(name: name, bytes: bytes) else {
      throw CommandFailure(
        .usage, "file '\(name)': it is not UTF-8 text", advice: "Only text, images, PDF files and sounds can be sent.")
    }
    return fragment
  }

  /// A page is taken as it is, when it is text.
  private func page(_ url: String, _ transport: Transport, limit: Int) async throws -> Fragment {
    func failure(_ code: ExitCode, _ why: String, advice: String? = nil) -> CommandFailure {
      CommandFailure(code, "page '\(url)': \(why)", advice: advice)
    }
    var request = HTTPRequest(
      method: "GET", url: url, headers: [("user-agent", "llmgw/\(programVersion)"), ("accept", "text/*, */*;q=0.5")])
    request.timeouts = Timeouts(connect: .seconds(10), firstByte: .seconds(30), idle: .seconds(30), total: .seconds(60))
    request.replyLimit = limit
    do {
      let response = try await transport.send(request)
      if let place = response.headers["location"], (300..<400).contains(response.status) {
        throw failure(.general, "it has moved to \(place)", advice: "Name that address.")
      }
      guard response.status == 200 else {
        throw failure(response.status == 404 ? .notFound : .general, "the server answers \(response.status)")
      }
      let type = response.headers["content-type"] ?? "text/plain"
      guard Self.isText(mediaType: type) else { throw failure(.usage, "it is '\(type)', not text") }
      guard let fragment = Fragment(name: url, bytes: try await response.body.collect()) else {
        throw failure(.usage, "it is not UTF-8 text")
      }
      return fragment
    } catch let error as TransportFailure {
      throw failure(error.exitCode, error.message)
    }
  }

  private static func isText(mediaType: String) -> Bool {
    let type = mediaType.prefix { $0 != ";" && $0 != " " }.lowercased()
    let words = type.split { $0 == "/" || $0 == "+" || $0 == "-" || $0 == "." }
    return type.hasPrefix("text/")
      || words.contains { ["json", "xml", "yaml", "toml", "javascript", "typescript", "sh", "sql"].contains($0) }
  }
}

extension TransportFailure {
  fileprivate var exitCode: ExitCode {
    switch kind {
    case .timeout: .timeout
    case .tooLarge: .usage
    default: .network
    }
  }
}
