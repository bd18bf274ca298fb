// llmgw-config(5), from the list of keys that the config reader knows.

import CommandLineKit
import GatewayCore

extension LLMGW {
  static let configPage = ManualPage(
    "llmgw-config", section: 5, purpose: "the config file of llmgw", version: "llmgw \(programVersion)",
    date: programDate
  ) { page in
    page.heading("SYNOPSIS")
    page.paragraphs("~/.config/llmgw/config.yaml")
    page.heading("DESCRIPTION")
    page.paragraphs(
      """
      The config is YAML. It is not needed: a provider whose usual variable holds a key can be called without it. \
      An unknown key, or a value of the wrong kind, is an error that names its line and column, never ignored.

      What is typed on the command line wins over the environment, the environment over the config, the config over \
      what is built in. ${NAME} in an address or a header stands for the value of an environment variable.

      In the keys below, * stands for a name of your choice: of a provider, of a model as PROVIDER/MODEL, of a header, \
      of an alias. A time is a number with a unit: 500ms, 30s, 5m, 12h or 90d. A size is a \
      number with KB, MB or GB. An amount of money is decimal text in quotes.
      """)
    page.heading("KEYS")
    for section in SettingsKey.sections {
      page.subheading(section)
      for key in SettingsKey.all where key.path.first == section {
        page.term("\(key.path.joined(separator: ".")): \(key.valueShown)", key.meaning)
      }
    }
    page.heading("FILES")
    page.term("$LLMGW_CONFIG", "The config, when the variable is set; the file must then be there.")
    page.term("$XDG_CONFIG_HOME/llmgw/config.yaml", "Else the config; ~/.config when the variable is not set.")
    page.heading("EXAMPLES")
    page.verbatim(configExample)
    page.heading("SEE ALSO")
    page.references([("llmgw", 1)])
  }

  /// A config with something of everything; it parses, which a test sees to.
  package static let configExample = """
    defaults:  { model: my-vllm/llama }
    providers:
      my-vllm: { dialect: openai-chat, base_url: http://127.0.0.1:8000/v1 }
      work:
        dialect: openai-chat
        base_url: https://models.example/v1
        api_key_command: pass show work
        headers: { X-Team: research }
        timeouts: { connect: 5s, first_byte: 60s, idle: 30s, total: 10m }
    models:                                 # dollars per million tokens
      my-vllm/llama: { context: 8192, price: { input: "0.20", output: "0.60" } }
    aliases:   { llama: my-vllm/llama }
    routes:
      steady: { targets: [llama, offline/echo] }   # the next one when one fails
    ledger:    { contents: full, retention: 90d }
    server:    { listen: 127.0.0.1:4000 }
    """
}

extension SettingsKey {
  fileprivate var valueShown: String {
    switch kind {
    case .text: "TEXT"
    case .oneOf(let choices): choices.joined(separator: " | ")
    case .time: "TIME"
    case .count: "NUMBER"
    case .price: "\"USD\""
    case .variable: "\"${NAME}\""
    case .size: "SIZE"
    case .flag: "true | false"
    case .list: "[TEXT, ...]"
    }
  }

  fileprivate var meaning: String { summary + (fallback.map { " Unless given: \($0)." } ?? "") }
}
