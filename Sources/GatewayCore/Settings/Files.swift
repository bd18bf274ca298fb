// Reading whole files, with a limit and a reason when it fails.

import Glibc

/// Why a file could not be read, as one clause.
package struct FileFailure: Error, Sendable, Equatable {
  package var path: String
  package var code: Int32
  package var why: String

  package var isMissing: Bool { code == ENOENT || code == ENOTDIR }
}

/// The bytes of a file (or of a pipe named by a path), at most `limit`.
package func readFile(_ path: String, limit: Int) throws(FileFailure) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw FileFailure(path: path, code: errno, why: errorText(errno)) }
  defer { close(descriptor) }
  return try readAll(descriptor, path: path, limit: limit)
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

/// The system's words for an error number, in lower case.
package func errorText(_ code: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 128)
  guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
  return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).lowercased()
}
