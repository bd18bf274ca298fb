// `llmgw access`: the virtual keys that let programs use the gateway, and teams of them.

package import CommandLineKit
import GatewayCore

extension AnyCommand<Invocation> {
  package static let access = AnyCommand(
    accessCommand(
      CommandDescription(
        "access", "Make, list, change and revoke the virtual keys of the gateway.", group: .serving,
        details: """
          A virtual key lets a program use the gateway, within what the key may call and how fast. It is shown once, \
          when it is made; what is kept is a digest that tells nothing about it. As long as no key was ever made, the \
          gateway listens on this machine only. A KEY below is the name or the id of one, or the beginning of an id.

          Keys may belong to a team: its limits hold for all its keys together, besides each key's own. In MODELS, \
          SURFACES and ADDRESSES, several are parted by commas, and * alone is for all.
          """,
        examples: [
          .init("llmgw access create --name ci --rpm 60 --models 'anthropic/*'", "Make a key and print it."),
          .init("llmgw access update ci --tpm 100k --expires 90d", "Change it; a running gateway follows."),
          .init("llmgw access rotate ci --grace 1h", "Print a new one; the old one works for another hour."),
          .init("llmgw access revoke ci", "End it, at once and for good."),
          .init("llmgw access team create --name web --tpm 1m", "Make a team, for --team web."),
        ]),
      flags: [.all, .json], words: []
    ) { try $1.list($0) },
    subcommands: [
      AnyCommand(
        accessCommand(
          CommandDescription("create", "Make a key and print it, this once."), flags: AccessOptions.keyFlags + [.json]
        ) { try $1.create($0) }),
      AnyCommand(
        accessCommand(
          CommandDescription("list", "List the keys."), flags: [.all, .json]
        ) { try $1.list($0) }),
      AnyCommand(
        accessCommand(
          CommandDescription("show", "Show what a key may do."), flags: [.json], words: [.key]
        ) { try $1.show($0) }),
      AnyCommand(
        accessCommand(
          CommandDescription(
            "update", "Change what a key may do.",
            details: "Only what a flag names is changed; a list is replaced as a whole."),
          flags: AccessOptions.keyFlags + [.json], words: [.key]
        ) { try $1.update($0) }),
      AnyCommand(
        accessCommand(
          CommandDescription("revoke", "End a key, at once and for good."), flags: [.json], words: [.key]
        ) { try $1.revoke($0) }),
      AnyCommand(
        accessCommand(
          CommandDescription("rotate", "Give a key a new secret and print it, this once."), flags: [.grace, .json],
          words: [.key]
        ) { try $1.rotate($0) }),
      .accessTeam,
    ])

  private static let accessTeam = AnyCommand(
    accessCommand(CommandDescription("team", "Make, list, change and delete teams of keys."), flags: [.json]) {
      try $1.listTeams($0)
    },
    subcommands: [
      AnyCommand(
        accessCommand(CommandDescription("create", "Make a team."), flags: AccessOptions.teamFlags + [.json]) {
          try $1.createTeam($0)
        }),
      AnyCommand(
        accessCommand(CommandDescription("list", "List the teams."), flags: [.json]) { try $1.listTeams($0) }),
      AnyCommand(
        accessCommand(
          CommandDescription("update", "Change what a team may do."), flags: AccessOptions.teamFlags + [.json],
          words: [.team]
        ) { try $1.updateTeam($0) }),
      AnyCommand(
        accessCommand(
          CommandDescription("delete", "Delete a team in which no key is left."), flags: [.json], words: [.team]
        ) { try $1.deleteTeam($0) }),
    ])

  private static func accessCommand(
    _ description: CommandDescription, flags: [Flag<AccessOptions>], words: [Positional<AccessOptions>] = [],
    _ run: @escaping @Sendable (AccessOptions, AccessRun) throws -> Void
  ) -> Command<AccessOptions, Invocation> {
    Command(
      description, options: { AccessOptions() }, flags: flags, positionals: words,
      run: { options, invocation in
        try run(options, AccessRun(invocation))
        return ExitCode.ok.rawValue
      })
  }
}

extension Positional<AccessOptions> {
  fileprivate static let key = Positional(
    "KEY", "A key's name, its id, or a beginning that only its id has.", isRequired: true,
    completes: .known(.accessKey)
  ) { $0.name = $1 }
  fileprivate static let team = Positional("TEAM", "A team's name or id.", isRequired: true) { $0.name = $1 }
}
