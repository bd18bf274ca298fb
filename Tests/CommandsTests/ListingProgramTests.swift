// `models`, `providers` and `doctor` as a person or a script meets them.

import Glibc
import TestSupport
import Testing

struct TheModelsCommand {
  @Test(arguments: [
    (["claude-sonnet-4-5", "-p", "anthropic"], "anthropic/claude-sonnet-4-5 "),
    (["--can", "vision,tools", "--context", "1m", "-p", "gemini"], "gemini/gemini-2.5-pro "),
    (["--max-input-price", "0.05", "--sort", "input", "-p", "groq"], "groq/llama-3.1-8b-instant"),
    (["--mode", "embedding", "-p", "openai"], "openai/text-embedding-3-small"),
  ])
  func `lists what passes every filter`(_ arguments: [String], _ row: String) async throws {
    let home = ProgramHome()
    let result = await home.start(["models"] + arguments).finish()
    #expect(result.ending == .exited(0))
    #expect(result.stdout.contains(row), "\(result.stdout)")
  }

  @Test func `shows prices with their tiers, card and age`() async throws {
    let home = ProgramHome()
    let result = await home.run("models", "show", "openai/gpt-5.4")
    for piece in ["above 272,000 tokens", "input $2.5", "output $22.5", "priority", "price card", "checked"] {
      #expect(result.stdout.contains(piece), "\(piece)")
    }
    let json = await home.run("models", "show", "openai/gpt-5.4", "--json")
    #expect(json.stdout.contains(#""input_usd_per_million": "2.5""#))
  }

  @Test func `knows the models and prices of the config`() async throws {
    let home = ProgramHome()
    home.configure(port: 1)
    let listed = await home.run("models", "-p", "mock")
    #expect(listed.stdout.contains("mock/m") && listed.stdout.contains("2.50") && listed.stdout.contains("10.00"))
    let shown = await home.run("models", "show", "mock/m")
    #expect(shown.ending == .exited(0), "\(shown.stderr)")
    #expect(shown.stdout.contains("input $2.5"))
  }

  @Test func `asks a provider for its own list when told to`() async throws {
    let body = #"{"data":[{"id":"m"},{"id":"newer"}]}"#
    let reply = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n" + body
    let server = try #require(ScriptedServer(.readRequest, .write(reply), .close))
    let home = ProgramHome()
    home.configure(port: server.port)
    let result = await home.run("models", "--live", "-p", "mock")
    #expect(result.stdout.contains("mock/newer (not in the catalogue)"))
    #expect(!result.stdout.contains("mock/m (not"))
    #expect(server.log.requests.first?.requestLine.hasPrefix("GET /v1/models ") == true)
  }

  @Test(arguments: [
    (["-p", "opnai"], Int32(4), "Did you mean 'openai'?"), (["zzzz"], 4, "no model is like that"),
    (["show"], 2, "NAME is missing"), (["show", "openai/gpt-5.44"], 4, "Did you mean"),
    (["--context", "big"], 2, "not a number of tokens"), (["--max-input-price", "x"], 2, "not an amount"),
    (["--sort", "price"], 2, "not one of"), (["--live"], 3, "no provider has a key"),
  ])
  func `explains a wrong use`(_ arguments: [String], _ code: Int32, _ hint: String) async throws {
    let home = ProgramHome()
    let result = await home.start(["models"] + arguments).finish()
    #expect(result.ending == .exited(code), "\(result.stderr)")
    #expect(result.stderr.contains(hint), "\(result.stderr)")
  }
}

struct TheProvidersCommand {
  @Test func `says where a key comes from and never the key`() async throws {
    let home = ProgramHome()
    let result = await home.start(["providers", "--ready"], environment: ["GROQ_API_KEY": "gsk-secret"]).finish()
    #expect(result.stdout.contains("groq") && result.stdout.contains("GROQ_API_KEY"))
    #expect(!result.stdout.contains("gsk-secret"))
    #expect(!result.stdout.contains("mistral"))
    let none = await home.run("providers", "nosuchprovider")
    #expect(none.ending == .exited(4))
  }
}

struct TheDoctor {
  @Test func `is content with a new home`() async throws {
    let home = ProgramHome()
    let result = await home.run("doctor")
    #expect(result.ending == .exited(0), "\(result.stdout)")
    for thing in ["libcurl", "SQLite", "libyaml", "config", "ledger", "clock", "certificates", "locale", "terminal"] {
      #expect(result.stdout.contains(thing), "\(thing)")
    }
    #expect(access(home.ledgerPath, F_OK) != 0, "looking begins no ledger")
  }

  @Test func `names what must be mended and how`() async throws {
    let home = ProgramHome()
    home.write("defaults: {modle: x}\n", to: "config.yaml")
    _ = system("mkdir -p '\(home.path)/config/llmgw' '\(home.path)/data/llmgw'")
    home.write("{}", to: "config/llmgw/keys.json")
    _ = system("chmod 644 '\(home.path)/config/llmgw/keys.json'; head -c 9000 /dev/urandom > '\(home.ledgerPath)'")
    let result = await home.run("doctor")
    #expect(result.ending == .exited(1))
    for piece in ["unknown key 'modle'", "chmod 600", "wrong  ledger"] {
      #expect(result.stdout.contains(piece), "\(piece): \(result.stdout)")
    }
    let json = await home.run("doctor", "--json")
    #expect(json.stdout.contains(#""state": "wrong""#))
  }
}
