import Glibc
import TestSupport
import Testing

@testable import Commands

struct AFragment {
  @Test(arguments: [
    ("a\n", "f.txt:\n```\na\n```\n\n"), ("a", "f.txt:\n```\na\n```\n\n"), ("", "f.txt:\n```\n```\n\n"),
    ("x ``` y", "f.txt:\n````\nx ``` y\n````\n\n"), ("`````\n", "f.txt:\n``````\n`````\n``````\n\n"),
    ("a\n\n", "f.txt:\n```\na\n\n```\n\n"),
  ])
  func `stands in a fence longer than any within it`(_ text: String, _ fenced: String) {
    #expect(Fragment(name: "f.txt", text: text).fenced == fenced)
  }

  @Test func `has a name on one line`() {
    #expect(Fragment(name: "a\nb\u{1B}", text: "x").fenced.hasPrefix("a b:\n"))
  }

  @Test(arguments: [[0x61, 0x00], [0xFF, 0xFE], [0x89, 0x50, 0x4E, 0x47, 0x0D]] as [[UInt8]])
  func `is text or nothing`(_ bytes: [UInt8]) {
    #expect(Fragment(name: "f", bytes: bytes) == nil)
  }

  @Test func `more of them than any model reads is refused`() throws {
    var fragments = Fragments()
    let half = Fragment(name: "half", text: String(repeating: "x", count: Fragment.mostBytes / 2))
    try fragments.add(half)
    #expect(throws: CommandFailure.self) { try fragments.add(half) }
  }

  /// What would be sent as the prompt.
  private func prompt(_ home: ProgramHome, _ arguments: [String], stdin: String? = nil) async -> ProgramResult {
    let result = await home.start(["chat", "-m", "offline/echo"] + arguments, stdin: stdin).finish()
    return result
  }

  @Test func `goes before the prompt, and what is piped in after it`() async throws {
    let home = ProgramHome()
    home.write("one\n", to: "a.txt")
    let result = await prompt(home, ["-f", home.path + "/a.txt", "compare"], stdin: "two\n")
    #expect(result.ending == .exited(0))
    #expect(result.stdout == "\(home.path)/a.txt:\n```\none\n```\n\ncompare\n\ntwo\n")
  }

  @Test func `of standard input takes the place of piped text`() async throws {
    let home = ProgramHome()
    let result = await prompt(home, ["-f", "-", "compare"], stdin: "two\n")
    #expect(result.stdout == "standard input:\n```\ntwo\n```\n\ncompare\n")
  }

  @Test func `of a directory is its text files in order, without hidden and binary ones`() async throws {
    let home = ProgramHome()
    _ = system(
      """
      cd '\(home.path)' && mkdir -p d/sub d/.git && echo b > d/b.txt && echo a > d/a.txt && echo c > d/sub/c.txt &&
      echo no > d/.hidden && echo no > d/.git/no && printf 'x\\0y' > d/bin && ln -s a.txt d/link && ln -s . d/loop
      """)
    let result = await prompt(home, ["-f", home.path + "/d/", "compare"])
    let folder = home.path + "/d"
    #expect(
      result.stdout == "\(folder)/a.txt:\n```\na\n```\n\n\(folder)/b.txt:\n```\nb\n```\n\n"
        + "\(folder)/sub/c.txt:\n```\nc\n```\n\ncompare\n")
    #expect(result.stderr == "llmgw: 1 file(s) were left out because they are not text\n")
    let quiet = await prompt(home, ["-q", "-f", folder, "compare"])
    #expect(quiet.stderr == "")
  }

  @Test func `of the web is taken when it is text`() async throws {
    let home = ProgramHome()
    let server = try #require(
      ScriptedServer(
        .readRequest,
        .write("HTTP/1.1 200 OK\r\ncontent-type: text/markdown; charset=utf-8\r\ncontent-length: 3\r\n\r\nhi\n"), .close
      ))
    let result = await prompt(home, ["-f", server.url("/notes"), "compare"])
    #expect(result.stdout == "\(server.url("/notes")):\n```\nhi\n```\n\ncompare\n")
  }

  @Test(arguments: [
    ("200 OK", "content-type: image/png\r\n", Int32(2), "'image/png', not text"),
    ("200 OK", "content-type: text/plain\r\n", 2, "not UTF-8 text"),
    ("404 Not Found", "", 4, "answers 404"), ("500 Oops", "", 1, "answers 500"),
    ("301 Moved", "location: https://example.com/x\r\n", 1, "moved to https://example.com/x"),
  ])
  func `of the web that cannot be used says why, before anything is asked`(
    _ status: String, _ headers: String, _ code: Int32, _ hint: String
  ) async throws {
    let home = ProgramHome()
    let head = "HTTP/1.1 \(status)\r\n\(headers)content-length: 2\r\n\r\n"
    let server = try #require(
      ScriptedServer(.readRequest, .writeBytes(Array(head.utf8) + [0xFF, 0x00]), .close))
    let result = await prompt(home, ["-f", server.url(), "x"])
    #expect(result.ending == .exited(code))
    #expect(result.stderr.contains(hint), "\(result.stderr)")
    #expect(result.stdout == "")
    #expect(access(home.ledgerPath, F_OK) != 0, "nothing was booked")
  }

  @Test(arguments: [
    ("missing.txt", Int32(1), "no such file"), ("bin", 2, "not UTF-8 text"), ("empty", 2, "no text files in it"),
    ("locked", 1, "permission denied"), ("http://127.0.0.1:1/", 7, "127.0.0.1:1"),
  ])
  func `that cannot be read says why`(_ name: String, _ code: Int32, _ hint: String) async throws {
    let home = ProgramHome()
    _ = system("cd '\(home.path)' && mkdir empty && printf 'x\\0y' > bin && touch locked && chmod 0 locked")
    if name == "locked", getuid() == 0 { return }
    let result = await prompt(home, ["-f", name.hasPrefix("http") ? name : "\(home.path)/\(name)", "x"])
    #expect(result.ending == .exited(code))
    #expect(result.stderr.contains(hint), "\(result.stderr)")
    #expect(result.stderr.split(separator: "\n").count == 1)
  }
}
