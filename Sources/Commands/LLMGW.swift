// The program as help, manual and completions see it: its commands, and what the manual says around them.

package import CommandLineKit

extension CommandGroup {
  package static let asking = CommandGroup("Ask models")
  package static let books = CommandGroup("See what was said and what it cost")
  package static let setup = CommandGroup("Set up models, keys and settings")
  package static let serving = CommandGroup("Serve models to other programs")
  package static let program = CommandGroup("About the program")
}

package enum LLMGW {
  package static let program: Program<Invocation> = {
    var program = Program(
      name: "llmgw",
      summary: "One binary between you and every large language model; every call is on the books.",
      version: programVersion, date: programDate, commands: AllCommands.list)
    program.impliedCommand = "chat"
    program.details = """
      A model is named PROVIDER/MODEL, by an alias of the config, or by its bare name when exactly one provider that \
      can be called has it. The answer alone goes to standard output; notes, retries and errors go to standard error. \
      Every call is a row of the ledger, also one that failed or was interrupted, with what it cost and how that is \
      known.

      'chat' may be left out before a prompt. A lone word that is close to the name of a command is refused, so that \
      no slip of the fingers is sent to a model and paid for.
      """
    program.exitStatuses =
      ExitCode.allCases.map { Term(String($0.rawValue), $0.meaning) }
      + [Term("130, 143", "Ended by Ctrl-C or by SIGTERM, as a shell shows it; what had arrived is booked.")]
    program.environment = environment
    program.files = files
    program.furtherPages = [configPage]
    return program
  }()

  /// Every variable the program reads, beside those of the providers.
  private static let environment = [
    Term("LLMGW_CONFIG", "The config file, instead of the one in the config directory."),
    Term("LLMGW_MODEL", "The model to ask when no flag names one."),
    Term("LLMGW_EMBED_MODEL", "The model that makes vectors when no flag names one."),
    Term("LLMGW_PROJECT", "The project to book calls on when no flag names one."),
    Term("PROVIDER_API_KEY", "The key of a provider, under the name the provider itself gives the variable."),
    Term(
      "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN", "What calls to Amazon's cloud are signed with."),
    Term("AWS_PROFILE", "Else the profile in ~/.aws whose keys and region are used."),
    Term("AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE", "The files of profiles, when they are elsewhere."),
    Term("AWS_REGION, AWS_DEFAULT_REGION", "The region of Amazon's cloud."),
    Term("GOOGLE_APPLICATION_CREDENTIALS", "The file of a service account in Google's cloud."),
    Term("CLOUDSDK_CONFIG", "Else the directory where gcloud left credentials, instead of ~/.config/gcloud."),
    Term("GOOGLE_CLOUD_PROJECT, CLOUDSDK_CORE_PROJECT", "The project in Google's cloud."),
    Term("GOOGLE_CLOUD_LOCATION", "The location in Google's cloud."),
    Term("AZURE_AD_TOKEN", "A token of Microsoft Entra, where a provider takes one for a key."),
    Term(
      "AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET", "Else the application in whose name one is asked for."),
    Term("AZURE_AUTHORITY_HOST", "Where it is asked for, instead of https://login.microsoftonline.com."),
    Term("VISUAL, EDITOR", "What 'llmgw config edit' and 'llmgw repl' open; vi when neither is set."),
    Term("LLMGW_HISTORY", "The file of what was typed in 'llmgw repl'; 'off' for none."),
    Term("TMPDIR", "Where the file is that an editor opens; /tmp when it is not set."),
    Term("LLMGW_PAGER, PAGER", "What long lists are shown with on a terminal; 'less -FRX' when neither is set."),
    Term("SSH_CONNECTION", "When set, --copy goes through the terminal, to the clipboard at its other end."),
    Term("PATH", "Where the program that --copy uses is looked for."),
    Term("XDG_CONFIG_HOME", "Where the config directory is, instead of ~/.config."),
    Term("XDG_DATA_HOME", "Where the ledger's directory is, instead of ~/.local/share."),
    Term("HOME", "The home directory."),
    Term("HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", "The proxy to call through, and hosts to call without it."),
    Term("LLMGW_PAGER, PAGER", "What long lists on a terminal go through; less when neither is set, none for 'cat'."),
    Term("LESS", "The options of less; FRX when it is not set."),
    Term("PATH", "Where the program of the clipboard is looked for."),
    Term("WAYLAND_DISPLAY, DISPLAY", "A desktop, whose clipboard 'llmgw chat --copy' uses."),
    Term("SSH_CONNECTION", "Set by sshd: 'llmgw chat --copy' then hands the text to the terminal."),
    Term("SSL_CERT_FILE", "Certificate authorities to trust, instead of the system's."),
    Term("NO_COLOR", "No colour, when it is set to anything."),
    Term("CLICOLOR_FORCE", "Colour also where the output is no terminal, when it is set to anything but 0."),
    Term("TERM", "No colour when it is 'dumb'."),
    Term("LC_ALL, LC_CTYPE, LANG", "The locale that 'llmgw doctor' looks at."),
    Term("COLUMNS", "The width of the terminal in columns."),
  ]

  private static let files = [
    Term("~/.config/llmgw/config.yaml", "The config; see llmgw-config(5)."),
    Term("~/.config/llmgw/templates/", "Templates for prompts; see llmgw-templates(1)."),
    Term("~/.config/llmgw/keys.json", "Keys that 'llmgw keys set' stored; only its owner may read it."),
    Term("~/.local/share/llmgw/ledger.db", "The ledger, an SQLite database that only its owner may read."),
    Term("~/.local/share/llmgw/history.jsonl", "What was typed in 'llmgw repl'; only its owner may read it."),
    Term("~/.editrc", "Keys of the prompt (editrc(5)); lines that begin with 'llmgw:' are for llmgw alone."),
    Term(
      "~/.local/share/llmgw/access.pepper",
      "What virtual keys are checked with; without it they are worthless, so back it up with the ledger."),
  ]
}
