// The source as text, for rules that the compiler does not know.

import Glibc

struct SourceFile: Sendable, CustomStringConvertible {
  /// Relative to the project's folder: `Sources/Wire/JSON/JSON.swift`.
  var path: String
  var lines: [Substring]
  var description: String { path }

  /// `Wire` of `Sources/Wire/...`.
  var target: String { String(path.split(separator: "/").dropFirst().first ?? "") }

  /// The modules it imports.
  var imports: [String] {
    lines.compactMap { line in
      var words = line.split(separator: " ").prefix { !$0.hasPrefix("//") }
      if ["public", "package", "internal", "private", "@testable", "@preconcurrency"].contains(words.first) {
        words = words.dropFirst()
      }
      return words.count >= 2 && words.first == "import" ? words.last.map(String.init) : nil
    }
  }

  /// The lines without comments.
  ///
  /// Good enough for a rule: text in a literal stays.
  var codeLines: [(number: Int, text: Substring)] {
    lines.enumerated().compactMap { index, line in
      let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
      return code.allSatisfy(\.isWhitespace) ? nil : (index + 1, code)
    }
  }
}

enum SourceTree {
  static let root: String = {
    // Tests/ArchitectureTests/SourceTree.swift is three steps below the project's folder.
    var path = #filePath[...]
    for _ in 0..<3 { path = path[..<(path.lastIndex(of: "/") ?? path.startIndex)] }
    return String(path)
  }()

  /// Every Swift file below a folder of the project, in order of the paths.
  static func swiftFiles(below folder: String) -> [SourceFile] {
    paths(below: folder).filter { $0.hasSuffix(".swift") }.map { path in
      SourceFile(path: path, lines: text(of: path).split(separator: "\n", omittingEmptySubsequences: false))
    }
  }

  /// Every file below a folder of the project.
  static func paths(below folder: String) -> [String] {
    guard let directory = opendir("\(root)/\(folder)") else { return [] }
    defer { closedir(directory) }
    var found: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name.hasPrefix(".") { continue }
      let path = "\(folder)/\(name)"
      found += entry.pointee.d_type == UInt8(DT_DIR) ? paths(below: path) : [path]
    }
    return found.sorted()
  }

  static func text(of path: String) -> String {
    guard let file = fopen("\(root)/\(path)", "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }
}
