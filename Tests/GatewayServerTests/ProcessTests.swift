// What a server takes over from whoever started it.

import Glibc
import Testing

@testable import GatewayServer

struct ProcessTests {
  @Test(
    arguments: [
      ([:], nil), (["LISTEN_FDS": "1"], nil), (["LISTEN_PID": "8", "LISTEN_FDS": "1"], nil),
      (["LISTEN_PID": "x", "LISTEN_FDS": "1"], nil), (["LISTEN_PID": "7"], nil),
      (["LISTEN_PID": "7", "LISTEN_FDS": "0"], nil),
      (["LISTEN_PID": "7", "LISTEN_FDS": "x"], "LISTEN_FDS is no number"),
      (["LISTEN_PID": "7", "LISTEN_FDS": "-1"], "LISTEN_FDS is no number"),
      (["LISTEN_PID": "7", "LISTEN_FDS": "2"], "2 sockets were handed over (LISTEN_FDS), and one is served"),
    ] as [([String: String], String?)])
  func `sockets for others, or none, are not taken`(_ environment: [String: String], _ problem: String?) {
    let result = Result { () throws(HTTPServer.StartFailure) in
      try SocketActivation.socket(process: 7) { environment[$0] }
    }
    switch result {
    case .success(let socket): #expect(socket == nil && problem == nil)
    case .failure(let failure): #expect(failure.description == problem)
    }
  }

  @Test func `a socket that listens is taken, and kept from children`() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    #expect(throws: HTTPServer.StartFailure.self) { try SocketActivation.check(listener) }
    try #require(listen(listener, 1) == 0)
    #expect(fcntl(listener, F_GETFD) & FD_CLOEXEC == 0)
    #expect(try SocketActivation.check(listener) == listener)
    #expect(fcntl(listener, F_GETFD) & FD_CLOEXEC != 0)
    #expect(throws: HTTPServer.StartFailure.self) { try SocketActivation.check(-1) }
  }

  @Test func `the limit on descriptors is raised, never lowered`() throws {
    var before = rlimit()
    try #require(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &before) == 0)
    let enough = min(before.rlim_max, 1 << 16)
    // One less than enough is plenty for the tests that run beside this one.
    var lower = rlimit(rlim_cur: enough - 1, rlim_max: before.rlim_max)
    try #require(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &lower) == 0)
    #expect(DescriptorLimit.raise() == Int(enough))
    #expect(DescriptorLimit.connections == Int(enough) - 256)
    var higher = rlimit(rlim_cur: before.rlim_max, rlim_max: before.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &higher)
    #expect(DescriptorLimit.raise() == Int(clamping: before.rlim_max))
  }
}
