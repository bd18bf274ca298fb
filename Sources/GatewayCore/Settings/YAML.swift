// YAML into a tree that knows where everything stands, by libyaml. Knows no key of ours.

import CYAML

/// A value of a YAML file with the place where it begins.
package struct YAMLNode: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case scalar(String, isQuoted: Bool)
    case sequence([YAMLNode])
    case mapping([Entry])
  }
  package struct Entry: Sendable, Equatable {
    package var key: YAMLNode
    package var value: YAMLNode
  }
  package var kind: Kind
  package var place: TextPlace
  /// The place behind its last character.
  package var end: TextPlace
  /// Written as `{...}` or `[...]`.
  package var isFlow = false

  /// The text of a scalar; `nil` for `~`, `null`, an empty value, a list or a mapping.
  package var text: String? {
    guard case .scalar(let text, let isQuoted) = kind else { return nil }
    return !isQuoted && ["", "~", "null", "Null", "NULL"].contains(text) ? nil : text
  }
}

/// A line and a column, both counted from 1.
package struct TextPlace: Sendable, Equatable {
  package var line: Int
  package var column: Int
}

/// A file that does not say what it must: where and why.
public struct SettingsError: Error, Sendable, Equatable {
  package var file: String
  package var place: TextPlace?
  package var problem: String
  package var advice: String?

  package init(file: String, place: TextPlace? = nil, problem: String, advice: String? = nil) {
    self.file = file
    self.place = place
    self.problem = problem
    self.advice = advice
  }

  /// `file:line:column: problem`.
  package var problemLine: String {
    let position = place.map { ":\($0.line):\($0.column)" } ?? ""
    return "\(file)\(position): \(problem)"
  }

  /// `file:line:column: problem. advice`, on one line.
  public var description: String { "\(problemLine)." + (advice.map { " " + $0 } ?? "") }
}

/// Reads one YAML document; an empty one is an empty mapping.
///
/// Aliases, anchors and repeated keys are refused.
package func parseYAML(_ bytes: [UInt8], file: String) throws(SettingsError) -> YAMLNode {
  let parser = YAMLParser(file: file)
  return try parser.parse(bytes)
}

/// Owns libyaml's parser and the event at hand; both are freed in `deinit`.
private final class YAMLParser {
  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  private let event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
  private let file: String
  private static let deepest = 32

  init(file: String) {
    self.file = file
    parser.initialize(to: yaml_parser_t())
    event.initialize(to: yaml_event_t())
  }

  deinit {
    yaml_event_delete(event)
    yaml_parser_delete(parser)
    event.deallocate()
    parser.deallocate()
  }

  func parse(_ bytes: [UInt8]) throws(SettingsError) -> YAMLNode {
    guard yaml_parser_initialize(parser) == 1 else { throw problem("out of memory") }
    // libyaml keeps the pointer: the copy lives until the whole document is read.
    let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(bytes.count, 1))
    defer { input.deallocate() }
    _ = input.initialize(from: bytes)
    yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    try advance()  // stream start
    try advance()
    guard event.pointee.type == YAML_DOCUMENT_START_EVENT else {
      let start = TextPlace(line: 1, column: 1)
      return YAMLNode(kind: .mapping([]), place: start, end: start)
    }
    try advance()
    let root = try node(depth: 0)
    try advance()  // document end
    try advance()
    guard event.pointee.type == YAML_STREAM_END_EVENT else { throw problem("a second document") }
    return root
  }

  /// Moves to the next event.
  private func advance() throws(SettingsError) {
    yaml_event_delete(event)
    guard yaml_parser_parse(parser, event) == 1 else {
      let mark = parser.pointee.problem_mark
      let text = parser.pointee.problem.map { String(cString: $0) } ?? "not YAML"
      throw SettingsError(
        file: file, place: TextPlace(mark), problem: text)
    }
  }

  private var place: TextPlace { TextPlace(event.pointee.start_mark) }
  private var end: TextPlace { TextPlace(event.pointee.end_mark) }

  private func problem(_ text: String) -> SettingsError {
    SettingsError(file: file, place: place, problem: text)
  }

  /// The node that the event at hand begins.
  ///
  /// Afterwards the event at hand is the last one of the node.
  private func node(depth: Int) throws(SettingsError) -> YAMLNode {
    guard depth < Self.deepest else { throw problem("nested deeper than \(Self.deepest) levels") }
    let start = place
    switch event.pointee.type {
    case YAML_SCALAR_EVENT: return YAMLNode(kind: try scalar(), place: start, end: end)
    case YAML_SEQUENCE_START_EVENT:
      let isFlow = event.pointee.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE
      return YAMLNode(kind: try sequence(depth), place: start, end: end, isFlow: isFlow)
    case YAML_MAPPING_START_EVENT:
      let isFlow = event.pointee.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
      return YAMLNode(kind: try mapping(depth), place: start, end: end, isFlow: isFlow)
    default: throw problem("aliases (*name) are not supported")
    }
  }

  private func scalar() throws(SettingsError) -> YAMLNode.Kind {
    let scalar = event.pointee.data.scalar
    guard scalar.anchor == nil else { throw problem("anchors (&name) are not supported") }
    let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
    return .scalar(String(decoding: bytes, as: UTF8.self), isQuoted: scalar.style != YAML_PLAIN_SCALAR_STYLE)
  }

  private func sequence(_ depth: Int) throws(SettingsError) -> YAMLNode.Kind {
    var items: [YAMLNode] = []
    try advance()
    while event.pointee.type != YAML_SEQUENCE_END_EVENT {
      items.append(try node(depth: depth + 1))
      try advance()
    }
    return .sequence(items)
  }

  private func mapping(_ depth: Int) throws(SettingsError) -> YAMLNode.Kind {
    var entries: [YAMLNode.Entry] = []
    try advance()
    while event.pointee.type != YAML_MAPPING_END_EVENT {
      let key = try node(depth: depth + 1)
      guard case .scalar(let name, _) = key.kind else {
        throw SettingsError(file: file, place: key.place, problem: "a key must be a plain word")
      }
      if let first = entries.first(where: { $0.key.kind == key.kind }) {
        throw SettingsError(
          file: file, place: key.place, problem: "'\(name)' stands twice, first on line \(first.key.place.line)")
      }
      try advance()
      entries.append(YAMLNode.Entry(key: key, value: try node(depth: depth + 1)))
      try advance()
    }
    return .mapping(entries)
  }
}

extension TextPlace {
  fileprivate init(_ mark: yaml_mark_t) { self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1) }
}

/// The version of libyaml.
package var yamlLibraryVersion: String { String(cString: yaml_get_version_string()) }
