// Every command of the prompt, in the order of /help.

extension SlashCommand {
  static let all: [SlashCommand] = asking + going + keeping + looking

  private static let asking = [
    SlashCommand("model", "[NAME]", "Ask another model, of any provider", words: .known(.model)) {
      try await $0.model($1)
    },
    SlashCommand("models", "[WORDS]", "List models") { try await $0.command(.models, $1) },
    SlashCommand("system", "[TEXT]", "Set the system prompt; 'off' for none") { try await $0.system($1) },
    SlashCommand("set", "[KEY VALUE]", "Set an option such as temperature; 'off' forgets it", words: .known(.option)) {
      try await $0.set($1)
    },
    SlashCommand("schema", "[FILE|FIELDS]", "Have answers fit a schema such as 'name, age int'", words: .file) {
      try await $0.schema($1)
    },
    SlashCommand("tools", "[NAME...]", "Offer tools of the config; 'all', or 'off' for none", words: .tools) {
      try await $0.tools($1)
    },
    SlashCommand("reasoning", "on|off", "Show how the model thinks", words: .oneOf(["on", "off"])) {
      try await $0.thinking($1)
    },
    SlashCommand("attach", "FILE|URL", "Send an image, a PDF, a sound or a text with the next message", words: .file) {
      try await $0.attach($1)
    },
    SlashCommand("detach", "", "Take off what is attached") { repl, _ in await repl.detach() },
    SlashCommand("compare", "MODEL...", "Ask the last question of several models at once", words: .known(.model)) {
      try await $0.compare($1)
    },
  ]

  private static let going = [
    SlashCommand("retry", "[MODEL]", "Ask the last question again", words: .known(.model)) { try await $0.retry($1) },
    SlashCommand("undo", "", "Take back the last question and its answer") { repl, _ in try await repl.undo() },
    SlashCommand("edit", "[N]", "Write in your editor, or change question N") { try await $0.edit($1) },
    SlashCommand("fork", "NAME", "Go on in a conversation of its own that begins like this") {
      try await $0.fork($1)
    },
    SlashCommand("compact", "[MODEL]", "Replace what was said with a summary", words: .known(.model)) {
      try await $0.compact($1)
    },
    SlashCommand("drop", "", "No longer send the oldest turns") { repl, _ in try await repl.dropOldest() },
    SlashCommand("clear", "", "Begin a new conversation") { repl, _ in await repl.clear() },
  ]

  private static let keeping = [
    SlashCommand("sessions", "", "List conversations") { repl, _ in try await repl.sessions() },
    SlashCommand("load", "NAME", "Go on with another conversation", words: .conversation) { try await $0.load($1) },
    SlashCommand("save", "NAME", "Give this conversation a name") { try await $0.rename($1) },
    SlashCommand("rename", "NAME", "Give it another name") { try await $0.rename($1) },
    SlashCommand("delete", "[NAME]", "Delete a conversation; its calls stay on the books", words: .conversation) {
      try await $0.delete($1)
    },
    SlashCommand("history", "", "List what was said, with numbers for /edit") { repl, _ in try await repl.history() },
    SlashCommand("search", "TEXT", "Find words in all conversations; word* finds a beginning") {
      try await $0.search($1)
    },
    SlashCommand("log", "on|off", "Keep what is said, or not", words: .oneOf(["on", "off"])) { try await $0.log($1) },
    SlashCommand("export", "md|json FILE", "Write the conversation to a file", words: .file) {
      try await $0.export($1)
    },
  ]

  private static let looking = [
    SlashCommand("last", "[N] [| COMMAND]", "Print the last answer as it came, or pipe it into a command") {
      try await $0.last($1)
    },
    SlashCommand("copy", "", "Put the last answer on the clipboard") { repl, _ in try await repl.copy() },
    SlashCommand("tokens", "", "Show how much of the context is used") { repl, _ in try await repl.tokens() },
    SlashCommand("cost", "", "Show what the last answer and this run cost") { repl, _ in try await repl.cost() },
    SlashCommand("spend", "[FLAGS]", "Show spending from the books") { try await $0.command(.spend, $1) },
    SlashCommand("why", "", "Show the last call in full: where it went, what was changed") { repl, _ in
      try await repl.why()
    },
    SlashCommand("budget", "[USD]", "Limit what this run may cost; 'off' for no limit") { try await $0.budget($1) },
    SlashCommand("help", "", "Show this") { repl, _ in try await repl.help() },
    SlashCommand("quit", "", "Leave") { repl, _ in await repl.quit() },
  ]
}
