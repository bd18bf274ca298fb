// `llmgw bench`: a benchmark of one or more targets, and what was measured before.

package import CommandLineKit
import GatewayCore

extension AnyCommand<Invocation> {
  package static let bench = AnyCommand(
    Command(
      CommandDescription(
        "bench", "Measure how fast, steady and dear models are.", group: .asking,
        details: """
          Targets are asked in rounds: each gets the same prompt once a round, in an order drawn anew, so that all meet \
          the same minutes. With -c (the usual load) so many requests are under way at any time; with --rate they start \
          by the clock, whatever became of those before, so that a slow server cannot slow down its own test. -c and \
          --rate are of all targets together, -n is of each. Before anything is sent, the plan and what it may cost are \
          shown, and asked about where that is not nothing.

          Time to first token (ttft) goes from the start of a request to its first token of any kind, inter-token \
          latency (itl) from one arrival of tokens to the next, time per output token (tpot) from the first token to the \
          last divided by the tokens less one, end-to-end (e2e) from the start to the end. Response time counts from the \
          moment at which the request was meant to start. Tokens are those the provider reports; where it reports none \
          they are counted here, and marked. Calls are not made again when they fail (--retries 0), and what is said in \
          them is not kept.

          Each prompt begins in its own way, so that no provider answers out of its prompt cache; --no-cache-busting \
          leaves that out. The load generator measures itself before a run, against a server of its own. A run in which \
          more than 1 % of the requests left more than 10 ms late, or in which it was busy for more than 90 % of the \
          time, is marked as not valid and ends with status 1. Calls are booked like any other, and the run is kept.
          """,
        examples: [
          .init("llmgw bench -m gpt-4.1-mini -m claude-haiku-4-5", "Compare two models, one request at a time."),
          .init("llmgw bench -m local/llama -c 8 --duration 1m --warm-up 10s", "A minute of eight at a time."),
          .init("llmgw bench -m gpt-4.1-mini --rate 5 --arrivals poisson -n 300", "Five a second, as people come."),
          .init("llmgw bench --url http://127.0.0.1:8000/v1 -m llama --sweep rate", "Where does this server saturate?"),
          .init("llmgw bench -m a/x --input-tokens 2000,300 --shared-prefix 80%", "What does the prompt cache bring?"),
          .init("llmgw bench -m a/x --from-ledger model=a/x,since=7d --dry-run", "What would last week cost again?"),
        ]),
      options: { BenchOptions() }, flags: BenchOptions.flags,
      run: { options, invocation in try await invocation.bench(options) }),
    subcommands: [
      AnyCommand(benchRuns(CommandDescription("list", "List the runs that were made, the latest first."))),
      .benchShow, .benchCompare,
    ])
}
