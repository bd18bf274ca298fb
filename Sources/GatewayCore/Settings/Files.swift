// Reading whole files, with a limit and a reason when it fails.

import Glibc

/// Why a file could not be read, as one clause.
package struct FileFailure: Error, Sendable, Equatable {
  package var path: String
  package var code: Int32
  package var why: String

  package init(path: String, code: Int32, why: String) {
    self.path = path
    self.code = code
    self.why = why
  }

  package var isMissing: Bool { code == ENOENT || code == ENOTDIR }
}

/// The bytes of a file (or of a pipe named by a path), at most `limit`.
package func readFile(_ path: String, limit: Int) throws(FileFailure) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw FileFailure(path: path, code: errno, why: errorText(errno)) }
  defer { close(descriptor) }
  return try readAll(descriptor, path: path, limit: limit)
}

/// Writes a file in one step: whoever reads it finds the old bytes or the new ones, never half of them.
///
/// Missing directories are made, for their owner alone.
package func replaceFile(_ path: String, with bytes: [UInt8], mode: UInt32) throws(FileFailure) {
  try makeDirectories(above: path)
  let draft = "\(path).\(getpid()).new"
  let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
  guard descriptor >= 0 else { throw FileFailure(path: path, code: errno, why: errorText(errno)) }
  var problem: Int32 = 0
  if !writeAll(bytes, to: descriptor) || fchmod(descriptor, mode) != 0 || fsync(descriptor) != 0 { problem = errno }
  if close(descriptor) != 0, problem == 0 { problem = errno }
  if problem == 0, rename(draft, path) != 0 { problem = errno }
  guard problem == 0 else {
    unlink(draft)
    throw FileFailure(path: path, code: problem, why: errorText(problem))
  }
}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count > 0 else { return false }
    rest = rest.dropFirst(count)
  }
  return true
}

private func makeDirectories(above path: String) throws(FileFailure) {
  guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
  let directory = String(path[..<slash])
  if mkdir(directory, 0o700) == 0 || errno == EEXIST { return }
  guard errno == ENOENT else { throw FileFailure(path: path, code: errno, why: errorText(errno)) }
  try makeDirectories(above: directory)
  if mkdir(directory, 0o700) != 0, errno != EEXIST {
    throw FileFailure(path: path, code: errno, why: errorText(errno))
  }
}

/// Everything that can be read from `descriptor` until its end; more than `limit` bytes are refused.
package func readAll(_ descriptor: Int32, path: String, limit: Int) throws(FileFailure) -> [UInt8] {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 64 << 10)
  while true {
    let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { continue }
    guard count >= 0 else { throw FileFailure(path: path, code: errno, why: errorText(errno)) }
    if count == 0 { return bytes }
    guard bytes.count + count <= limit else {
      throw FileFailure(path: path, code: EFBIG, why: "it is larger than \(limit >> 20) MiB")
    }
    bytes.append(contentsOf: chunk[..<count])
  }
}

/// The names in a directory but for `.` and `..`, sorted; none when it cannot be read.
package func directoryEntries(_ path: String) -> [String] {
  guard let directory = opendir(path) else { return [] }
  defer { closedir(directory) }
  var names: [String] = []
  while let entry = readdir(directory) {
    names.append(withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
  }
  return names.filter { $0 != "." && $0 != ".." }.sorted()
}

package func isDirectory(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// As many bytes of a file's beginning as there are, at most `count`.
package func readBeginning(of path: String, count: Int) throws(FileFailure) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw FileFailure(path: path, code: errno, why: errorText(errno)) }
  defer { close(descriptor) }
  var bytes = [UInt8](repeating: 0, count: count)
  let read = Glibc.read(descriptor, &bytes, count)
  guard read >= 0 else { throw FileFailure(path: path, code: errno, why: errorText(errno)) }
  return Array(bytes.prefix(read))
}

/// The system's words for an error number, in lower case.
package func errorText(_ code: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 128)
  guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
  return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).lowercased()
}
