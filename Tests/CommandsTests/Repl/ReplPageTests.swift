// docs/repl.md: what the page shows is what the program does.

import Glibc
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ThePageAboutTheRepl {
  private static let path: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(4).joined(separator: "/") + "/docs/repl.md"
  }()

  @Test func `shows what a person sees`() async throws {
    let made = try await page()
    if getenv("LLMGW_WRITE_DOCS") != nil {
      let file = try #require(fopen(Self.path, "w"))
      fputs(made, file)
      fclose(file)
    }
    let file = try #require(fopen(Self.path, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 18)
    let written = String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
    #expect(written == made, "run: make repl-page")
  }

  private func page() async throws -> String {
    let home = ProgramHome()
    let help = await home.run("repl", "-m", "offline/echo", stdin: "/help\n", environment: ["COLUMNS": "100"])
    return """
      # The prompt

      `llmgw repl` is a conversation at a prompt: with any model, with several in turn, kept in the ledger word by word.
      This page is made by `make repl-page`; the session below is what a pseudo-terminal has shown.

      - **Nothing is lost.** A message is in the ledger before it is sent, an answer before it is seen. After `kill -9`
        `llmgw repl -c` goes on where the terminal went dark.
      - **Conversations are trees.** `/undo`, `/retry`, `/edit N`, `/compare` and `/compact` leave the other branch where it
        was; `/search` finds its words. `-c` means the last conversation of this directory and terminal, `--session NAME`
        one by its name, and `llmgw chat` takes both flags too.
      - **Models change in mid-conversation.** Tool calls, images and a provider's own proofs of its thinking are kept as
        they came, so that a conversation moves to another provider and back.
      - **Ctrl-C** stops an answer and keeps what had come, booked as interrupted. At the prompt it clears the line; twice
        leaves. No failure ends a session.
      - **A paste is one message.** A large one stands in the line as `[paste: 214 lines]` and is sent whole.
      - **Tools** are programs and MCP servers of the config (`tools.NAME.file`, `tools.NAME.mcp`). They are offered with
        `/tools NAME`, and run only when you say so.

      ## A session

      ```
      \(try await transcript(home))
      ```

      ## Commands

      ```
      \(help.stdout.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n"))```

      ## A tool

      A JSON file describes a program; it reads its arguments as JSON from standard input, and what it prints is the result
      (64 KiB at most, within 60 seconds or `timeout_seconds`).

      ```json
      {
        "name": "weather",
        "description": "The weather at a place",
        "parameters": {"type": "object", "properties": {"place": {"type": "string"}}, "required": ["place"]},
        "command": ["./weather.sh"]
      }
      ```

      ```yaml
      tools:
        weather: { file: ~/.config/llmgw/tools/weather.json }
        files:   { mcp: "npx -y @modelcontextprotocol/server-filesystem /tmp" }
      ```

      ## Keys

      | Key | What it does |
      |---|---|
      | Enter | sends |
      | Alt-Enter, Ctrl-J, Shift-Enter where the terminal tells it apart | a new line |
      | `\"\"\"` ... `\"\"\"` | a message of several lines |
      | TAB | completes commands, models, options, conversations and files; again lists them |
      | Ctrl-R, Up | what was typed before |
      | Ctrl-X Ctrl-E | the line in `$VISUAL` or `$EDITOR` |
      | Ctrl-Left, Ctrl-Right, Ctrl-W, Ctrl-K, Ctrl-Y, Ctrl-A, Ctrl-E | as in a shell |

      Other keys are bound in `~/.editrc` (`man 5 editrc`), for llmgw alone in lines that begin with `llmgw:`. What was typed is
      kept in `history.jsonl` beside the ledger, for its owner alone, without lines that begin with a space;
      `LLMGW_HISTORY=off` keeps nothing.

      """
  }

  private func transcript(_ home: ProgramHome) async throws -> String {
    let terminal = try home.atTerminal("repl", "-m", "offline/echo", "--session", "demo", columns: 90, rows: 60)
    await terminal.untilPrompt()
    await terminal.say("Hello, **world**")
    terminal.paste((1...214).map { "line \($0)\n" }.joined())
    await terminal.until { $0.currentLine.hasSuffix("lines]") }
    terminal.type(Key.control("c"))
    await terminal.untilPrompt()
    await terminal.command("/modle", shows: "is no command")
    await terminal.say("what else?")
    await terminal.command("/history", shows: "TEXT")
    await terminal.command("/undo", shows: "back to before")
    await terminal.command("/cost", shows: "this run")
    terminal.type(Key.control("d"))
    _ = await terminal.ending()
    let lines = terminal.screen.lines.map { line in
      // How long it took is different each time.
      line.firstRange(of: " · first token").map { String(line[..<$0.lowerBound]) } ?? line
    }
    let shown = lines.reversed().drop { $0.isEmpty || $0.hasPrefix("echo>") }.reversed()
    return (["$ llmgw repl -m offline/echo --session demo"] + shown).joined(separator: "\n")
  }
}
