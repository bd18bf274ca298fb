// A TLS server with a certificate that nobody vouches for: the openssl command, on a loopback port.
import Glibc

/// Runs `openssl s_server`, which answers each GET with a page about the connection.
///
/// Stopped when it is let go.
final class TLSServer: Sendable {
  let port: Int
  /// The PEM file of its certificate, which is its own authority.
  let certificateFile: String
  private let directory: String
  private let process: pid_t

  /// `nil` when there is no `openssl` command.
  init?() {
    guard let directory = Self.makeDirectory() else { return nil }
    self.directory = directory
    certificateFile = directory + "/certificate.pem"
    let key = directory + "/key.pem"
    let make = [
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
      "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificateFile,
    ]
    guard let maker = Self.spawn(make), Self.exitStatus(of: maker.process) == 0,
      let server = Self.spawn(["s_server", "-accept", "127.0.0.1:0", "-cert", certificateFile, "-key", key, "-www"])
    else {
      Self.remove(directory)
      return nil
    }
    guard let port = Self.announcedPort(server.output) else {
      kill(server.process, SIGKILL)
      Self.remove(directory)
      return nil
    }
    process = server.process
    self.port = port
  }

  deinit {
    kill(process, SIGKILL)
    _ = Self.exitStatus(of: process)
    Self.remove(directory)
  }

  private static func makeDirectory() -> String? {
    var template = Array((getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp").utf8CString.dropLast())
    template += Array("/tls-server-XXXXXX".utf8CString)
    return template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
  }

  private static func remove(_ directory: String) {
    for name in ["key.pem", "certificate.pem"] { unlink(directory + "/" + name) }
    rmdir(directory)
  }

  private static func spawn(_ arguments: [String]) -> (process: pid_t, output: Int32)? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    var words: [UnsafeMutablePointer<CChar>?] = (["openssl"] + arguments).map { strdup($0) }
    defer { for word in words { free(word) } }
    words.append(nil)
    var process: pid_t = 0
    let status = posix_spawnp(&process, "openssl", &actions, nil, words, environ)
    close(ends[1])
    guard status == 0 else {
      close(ends[0])
      return nil
    }
    return (process, ends[0])
  }

  private static func exitStatus(of process: pid_t) -> Int32 {
    var status: Int32 = -1
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status
  }

  /// s_server prints `ACCEPT 127.0.0.1:PORT` once it listens.
  private static func announcedPort(_ output: Int32) -> Int? {
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 256)
    while text.utf8.count < 4096 {
      let count = read(output, &buffer, buffer.count)
      guard count > 0 else { return nil }
      text += String(decoding: buffer.prefix(count), as: UTF8.self)
      for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      where line.hasPrefix("ACCEPT") {
        return line.split(separator: ":").last.flatMap { Int($0) }
      }
    }
    return nil
  }
}
