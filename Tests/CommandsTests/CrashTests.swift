// What stays on the books when a process dies at any moment, or the disk is full.

import Glibc
import TestSupport
import Testing

struct ACrash {
  @Test func `at a random moment loses no request that went out, and books none twice`() async throws {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
    let piece = #"data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Hello"}}]}"# + "\n\n"
    let server = try #require(ScriptedServer(.readRequest, .write(head + piece), .awaitClientClose))
    let home = ProgramHome()
    home.configure(port: server.port)
    let living = home.start(["chat", "-m", "mock/m", "the living one"])
    await living.untilStdout(has: "Hello")

    var longest = 40.0
    for call in 0..<40 {
      // From before the first line of the program to the middle of the answer, on a busy machine too.
      if call % 8 == 7, server.log.requests.count - 1 < call / 4 { longest *= 2 }
      let milliseconds = Double.random(in: 0.5..<longest)
      await onShell(
        "LLMGW_CONFIG='\(home.path)/config.yaml' XDG_DATA_HOME='\(home.path)/data' "
          + "timeout -s KILL \(milliseconds / 1000) '\(RunningProgram.path)' chat -m mock/m 'call \(call)' "
          + "</dev/null >/dev/null 2>&1")
    }
    // Any run that opens the ledger settles what the dead have left.
    _ = await home.run("chat", "-m", "offline/echo", "the next one")

    let booked = home.ledger(
      "select text from contents join operations on operations.seq = operation where part = 'prompt' order by text")
    let sent = server.log.requests.compactMap { request in
      (0..<40).first { String(decoding: request.body, as: UTF8.self).contains("\"call \($0)\"") }.map { "call \($0)" }
    }
    #expect(Set(sent).count >= 5, "the kills came too early to tell anything: \(sent)")
    #expect(Set(booked).count == booked.count)
    #expect(Set(sent).isSubset(of: booked), "sent but not booked: \(Set(sent).subtracting(booked))")
    #expect(
      home.ledger("select status, count(*) from attempts where status <> 'lost' group by status order by status") == [
        "ok|1", "open|1",
      ], "only the living one is open, and only the next one was answered")
    #expect(home.ledger("select count(*) from attempts where status = 'lost' and cost_source <> 'estimated'") == ["0"])

    living.send(SIGINT)
    #expect(await living.finish().ending == .signalled(SIGINT))
    #expect(home.ledger("select count(*) from operations where status = 'open'") == ["0"])
  }
}

struct AFullDisk {
  @Test func `lets the answer through and says so loudly`() async throws {
    let home = ProgramHome()
    let said = home.path + "/said"
    // A limit on the size of files stands for the disk; its signal is ignored, so that writes fail instead.
    await onShell(
      "trap '' XFSZ; ulimit -f 40; HOME='\(home.path)' '\(RunningProgram.path)' chat -m offline/echo 'still here' "
        + "</dev/null >'\(said).out' 2>'\(said).err'; echo $? >'\(said).code'")
    #expect(home.read("said.out") == "still here\n")
    #expect(home.read("said.err").contains("could not be booked"))
    #expect(home.read("said.code") == "13\n")
  }
}

struct AClosedStream {
  @Test(arguments: [
    ("<&-", "hi\n", "0\n"), (">&-", "", "1\n"), ("2>&-", "hi\n", "0\n"), ("<&- 2>&-", "hi\n", "0\n"),
  ])
  func `is not taken over by the ledger`(_ redirection: String, _ said: String, _ code: String) async throws {
    let home = ProgramHome()
    let (out, status) = (home.path + "/out", home.path + "/status")
    await onShell(
      "{ HOME='\(home.path)' '\(RunningProgram.path)' chat -m offline/echo --no-log hi \(redirection); echo $? >'\(status)'; } "
        + ">'\(out)' 2>/dev/null")
    #expect(home.read("out") == said)
    #expect(home.read("status") == code)
    let count = await home.run("logs", "--json", environment: ["XDG_DATA_HOME": home.path + "/.local/share"])
    #expect(count.stdout.contains("offline"), "\(count.stderr)")
  }
}
