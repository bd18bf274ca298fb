// An answer as a client reads it.

package struct TestAnswer: Equatable {
  package var status: Int
  /// Names in lower case.
  package var headers: [String: String]
  package var body: String

  /// Every whole answer in the text, as those to requests other than HEAD are framed.
  package static func all(in text: String) -> [TestAnswer] {
    var rest = Array(text.utf8)[...]
    var answers: [TestAnswer] = []
    while let answer = take(from: &rest) { answers.append(answer) }
    return answers
  }

  /// `nil` when there is no whole one.
  package static func take(from rest: inout ArraySlice<UInt8>, hasBody: Bool = true) -> TestAnswer? {
    guard let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
    guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let name = line.prefix { $0 != ":" }
      headers[name.lowercased()] = String(line.dropFirst(name.count + 1).drop { $0 == " " })
    }
    var after = rest[end.upperBound...]
    var body: [UInt8] = []
    if !hasBody || status < 200 || status == 204 {
    } else if headers["transfer-encoding"] == "chunked" {
      guard let chunks = takeChunks(from: &after) else { return nil }
      body = chunks
    } else if let length = headers["content-length"].flatMap({ Int($0) }) {
      guard after.count >= length else { return nil }
      body = Array(after.prefix(length))
      after = after.dropFirst(length)
    } else {
      body = Array(after)
      after = []
    }
    rest = after
    return TestAnswer(status: status, headers: headers, body: String(decoding: body, as: UTF8.self))
  }

  private static func takeChunks(from rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    var body: [UInt8] = []
    while let line = rest.firstRange(of: Array("\r\n".utf8)) {
      guard let size = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16),
        rest[line.upperBound...].count >= size + 2
      else { return nil }
      body += rest[line.upperBound...].prefix(size)
      rest = rest[line.upperBound...].dropFirst(size + 2)
      if size == 0 { return body }
    }
    return nil
  }
}
