import Glibc
import TestSupport
import Testing

struct TheConfigCommand {
  @Test func `sets, shows, gets and unsets a value and keeps comments`() async throws {
    let home = ProgramHome()
    home.write("# mine\nledger: { contents: full }  # all of it\n", to: "config.yaml")
    #expect(await home.run("config", "set", "aliases.mini", "openai/gpt-5.4-mini").ending == .exited(0))
    #expect(await home.run("config", "set", "ledger.contents", "none").ending == .exited(0))
    #expect(
      home.read("config.yaml")
        == "# mine\nledger: { contents: none }  # all of it\naliases:\n  mini: openai/gpt-5.4-mini\n")
    #expect(await home.run("config", "get", "aliases.mini").stdout == "openai/gpt-5.4-mini\n")
    let shown = await home.run("config", "show").stdout
    #expect(shown.contains("ledger.contents: none") && shown.contains("config.yaml:2"))
    #expect(shown.contains("ledger.sync: normal") && shown.contains("default"))
    #expect(await home.run("config", "unset", "aliases.mini").ending == .exited(0))
    #expect(home.read("config.yaml") == "# mine\nledger: { contents: none }  # all of it\n")
  }

  @Test func `makes the file when there is none`() async throws {
    let home = ProgramHome()
    let result = await home.run("config", "set", "defaults.model", "offline/echo")
    #expect(result.ending == .exited(0), "\(result.stderr)")
    #expect(await home.run("config", "check").ending == .exited(0))
    #expect(await home.run("hello").stderr == "")
  }

  @Test(arguments: [
    (["set", "defaults.modle", "x"], Int32(2), "Did you mean 'defaults.model'?"),
    (["set", "ledger.sync", "never"], 2, "nothing was changed"),
    (["set", "defaults.model"], 2, "VALUE is missing"),
    (["set", "providers.x", "y"], 2, "no key of the config"),
    (["get", "aliases.none"], 1, "is not set"),
    (["unset", "aliases.none"], 2, "is not set"),
    (["shwo"], 2, "Did you mean 'show'?"),
    (["edit"], 2, "needs a terminal"),
  ])
  func `explains a wrong use and leaves the file alone`(
    _ arguments: [String], _ code: Int32, _ hint: String
  ) async throws {
    let home = ProgramHome()
    home.write("# mine\n", to: "config.yaml")
    let result = await home.start(["config"] + arguments).finish()
    #expect(result.ending == .exited(code), "\(result.stderr)")
    #expect(result.stderr.contains(hint), "\(result.stderr)")
    #expect(home.read("config.yaml") == "# mine\n")
  }

  @Test(arguments: [
    ("opnai", "there is no provider 'opnai'. Did you mean 'openai'?"),
    ("offline", "'offline' has no list of models to ask for"),
  ])
  func `knows whether what is to be probed can be`(_ name: String, _ hint: String) async throws {
    let home = ProgramHome()
    home.write("server: { probe: [mine, openai, \(name)] }\nproviders: { mine: { like: groq } }\n", to: "config.yaml")
    for command in [["config", "check"], ["serve", "--listen", "127.0.0.1:0"], ["serve", "--reload"]] {
      let result = await home.start(command).finish()
      #expect(result.ending == .exited(2) && result.stderr.contains(hint), "\(result.stderr)")
    }
    home.write("server: { probe: [mine, openai] }\nproviders: { mine: { like: groq } }\n", to: "config.yaml")
    #expect(await home.run("config", "check").ending == .exited(0))
  }

  @Test func `that is told of a file with a mistake has its place`() async throws {
    let home = ProgramHome()
    home.write("aliases: [", to: "config.yaml")
    for arguments in [["check"], ["show"], ["set", "defaults.model", "x"]] {
      let result = await home.start(["config"] + arguments).finish()
      #expect(result.ending == .exited(2))
      #expect(result.stderr.contains("config.yaml:2:1:"), "\(result.stderr)")
    }
    #expect(home.read("config.yaml") == "aliases: [")
  }
}

struct TheKeysCommand {
  @Test func `stores a key that calls then use, and shows only its fingerprint`() async throws {
    let server = try #require(
      ScriptedServer(
        .readRequest, .write("HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n{\"error\":{\"message\":\"no\"}}"),
        .close))
    let home = ProgramHome()
    home.write("providers: { openai: { base_url: 'http://127.0.0.1:\(server.port)/v1' } }", to: "config.yaml")
    let stored = await home.run("keys", "set", "openai", stdin: "sk-stored-secret\n")
    #expect(stored.ending == .exited(0), "\(stored.stderr)")
    #expect(!stored.stderr.contains("sk-stored"))
    _ = await home.run("chat", "-m", "openai/m", "hi")
    #expect(server.log.requests.first?.header("authorization") == "Bearer sk-stored-secret")
    let listed = await home.run("keys", "list")
    #expect(listed.stdout.hasPrefix("openai") && listed.stdout.contains("llmgw keys"))
    #expect(!listed.stdout.contains("sk-stored"))
    let tried = await home.run("keys", "test", "openai")
    #expect(tried.ending == .exited(3))
    #expect(!tried.stderr.contains("sk-stored"))
    var status = stat()
    #expect(stat(home.path + "/config/llmgw/keys.json", &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(await home.run("keys", "remove", "openai").ending == .exited(0))
    #expect(await home.run("keys", "list").stdout == "")
  }

  @Test(arguments: [
    (["set"], "", Int32(2), "PROVIDER is missing"), (["set", "opnai"], "k", 4, "Did you mean 'openai'?"),
    (["set", "openai"], "", 2, "first line is empty"), (["remove", "openai"], "", 4, "no key of 'openai'"),
    (["test", "openai"], "", 3, "llmgw keys set openai"), (["lst"], "", 2, "Did you mean 'list'?"),
  ])
  func `explains a wrong use`(_ arguments: [String], _ stdin: String, _ code: Int32, _ hint: String) async throws {
    let home = ProgramHome()
    let result = await home.start(["keys"] + arguments, stdin: stdin).finish()
    #expect(result.ending == .exited(code), "\(result.stderr)")
    #expect(result.stderr.contains(hint), "\(result.stderr)")
  }

  @Test func `does not run a broken key file over`() async throws {
    let home = ProgramHome()
    _ = system("mkdir -p '\(home.path)/config/llmgw'")
    home.write("{oops", to: "config/llmgw/keys.json")
    let result = await home.run("keys", "set", "openai", stdin: "k\n")
    #expect(result.ending == .exited(1))
    #expect(home.read("config/llmgw/keys.json") == "{oops")
  }
}
