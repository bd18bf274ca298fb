// A home directory with the files that the clouds' tools keep.

import Glibc
import Testing

@testable import GatewayCore

final class ScratchHome: Sendable {
  let path: String

  init(_ files: [String: String] = [:]) throws {
    var template = Array("/tmp/llmgw-home-XXXXXX".utf8CString)
    path = String(cString: try #require(mkdtemp(&template)))
    for (name, text) in files { try replaceFile("\(path)/\(name)", with: Array(text.utf8), mode: 0o600) }
  }

  deinit { removeTree(path) }

  /// The environment of whoever lives there.
  func environment(_ variables: [String: String] = [:]) -> Environment {
    Environment(variables: variables.merging(["HOME": path]) { $1 })
  }
}

private func removeTree(_ path: String) {
  if let directory = opendir(path) {
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { removeTree("\(path)/\(name)") }
    }
    closedir(directory)
  }
  remove(path)
}

/// The key of no account, and what it signs (by `openssl dgst -sha256 -sign`).
enum TestKey {
  static func pem() throws -> String {
    let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let bytes = try readFile("/\(folder)/Fixtures/credentials/rsa-key-of-no-account.pem", limit: 1 << 16)
    return String(decoding: bytes, as: UTF8.self)
  }

  static let signatureOfHello =
    "FD1zHCsqyE2SKvHc_dPlQKAmykDioW5zEBWgKk_QimHuC5q-4090iraQpAg452Gv-mqmbNqgzVMTMFPsLjLseHyTbZY6MYQwPACK3RI-eJJY6x4s"
    + "ynMF2T9rtd0WeNkd5sJhE-8CKYRxzACUVI0YN95OXC6T0BIPZqkCM43xivN1LoECOSfODg6WZ4jfOzsfWwtDnNjiOXtfNTAi2UarI-yJFzy_sq0j5"
    + "ZnLz8mTwkr_k_aikhxjCwa0UMgiFZW3079ltW2AosyWLoiVfhQO0xl3k5PB3rkq8ixAprhsR3rMgTiu36_BnCmxmjELf9Phdg7Rq-xDVFVrq3rYt9"
    + "eF_Q"
}
