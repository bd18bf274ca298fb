// `llmgw bench`: benchmarks that were run, and what changed between them.

package import CommandLineKit

extension AnyCommand<Invocation> {
  package static let bench = AnyCommand(
    benchRuns(
      CommandDescription(
        "bench", "List the benchmarks that were run, show or compare them.", group: .books,
        examples: [
          .init("llmgw bench show 01KB --html run.html", "A run with its charts in a file."),
          .init("llmgw bench compare 01KA 01KB --fail-if 'p95(ttft)>+10%'", "For a build: fail when it became slower."),
        ])),
    subcommands: [
      AnyCommand(benchRuns(CommandDescription("list", "List the runs that were made, the latest first."))),
      .benchShow, .benchCompare,
    ])
}
