// A directory as fragments: its text files, in the order of their paths.

import GatewayCore
import Glibc

/// The text files below a directory.
///
/// Hidden files and directories and symbolic links are left out, and so is what is not text.
struct FragmentFolder {
  let path: String
  private static let mostFiles = 2000
  private static let deepest = 40

  /// `nil` when the path leads to no directory.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// Adds each text file; fails when there is none, or more than anyone means to send.
  func add(to fragments: inout Fragments) throws(CommandFailure) {
    var count = 0
    for file in try files() {
      let bytes: [UInt8]
      do throws(FileFailure) {
        bytes = try readFile(file, limit: Fragment.mostBytes)
      } catch {
        throw CommandFailure(.general, "file '\(file)': \(error.why)")
      }
      guard let fragment = Fragment(name: file, bytes: bytes) else {
        fragments.skippedFiles += 1
        continue
      }
      try fragments.add(fragment)
      count += 1
    }
    guard count > 0 else { throw CommandFailure(.usage, "directory '\(path)': no text files in it") }
  }

  private func files() throws(CommandFailure) -> [String] {
    var found: [String] = []
    var pending = [(path: path, depth: 0)]
    while let folder = pending.popLast() {
      for entry in try Self.entries(of: folder.path) {
        switch entry.isFolder {
        case true where folder.depth < Self.deepest: pending.append((entry.path, folder.depth + 1))
        case true: break
        case false: found.append(entry.path)
        }
      }
      guard found.count <= Self.mostFiles else {
        throw CommandFailure(
          .usage, "directory '\(path)': more than \(Self.mostFiles) files", advice: "Name the ones you mean.")
      }
    }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func entries(of folder: String) throws(CommandFailure) -> [(path: String, isFolder: Bool)] {
    guard let directory = opendir(folder) else {
      throw CommandFailure(.general, "directory '\(folder)': \(errorText(errno))")
    }
    defer { closedir(directory) }
    var entries: [(path: String, isFolder: Bool)] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard !name.hasPrefix(".") else { continue }
      let path = folder == "/" ? "/" + name : "\(folder)/\(name)"
      var status = stat()
      guard lstat(path, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: entries.append((path, true))
      case S_IFREG: entries.append((path, false))
      default: break
      }
    }
    return entries
  }
}
