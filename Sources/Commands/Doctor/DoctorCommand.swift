// `llmgw doctor`: what may be wrong with this machine or its set-up, and what to do about it.

package import CommandLineKit
import GatewayCore
import Wire

private struct DoctorOptions: Sendable {
  var json = false
}

extension AnyCommand<Invocation> {
  package static let doctor = AnyCommand(
    Command(
      CommandDescription(
        "doctor", "Check the machine and the set-up; say what to mend.", group: .setup,
        details: """
          Nothing is sent anywhere. The status is 1 when something must be mended, 0 when all is well or only worth a look.
          """,
        examples: [.init("llmgw doctor", "See what is wrong and what to do.")]),
      options: { DoctorOptions() }, flags: [.toggle("json", "Print a JSON array.") { $0.json = true }],
      run: { options, invocation in
        let findings = Examination(invocation: invocation).findings()
        let output = invocation.terminal.stdout
        try output.write(options.json ? Finding.json(findings).indentedText + "\n" : Finding.text(findings, output))
        return findings.contains { $0.state == .wrong } ? ExitCode.general.rawValue : ExitCode.ok.rawValue
      }))
}

/// What was found about one thing.
struct Finding {
  enum State: String { case good = "ok", notable = "look", wrong }

  var state: State
  var thing: String
  var found: String
  var advice: String?

  init(_ state: State, _ thing: String, _ found: String, advice: String? = nil) {
    self.state = state
    self.thing = thing
    self.found = found
    self.advice = advice
  }

  static func json(_ findings: [Finding]) -> JSON {
    .array(
      findings.map {
        [
          "state": .string($0.state.rawValue), "thing": .string($0.thing), "found": .string($0.found),
          "advice": JSON(text: $0.advice),
        ]
      })
  }

  static func text(_ findings: [Finding], _ output: OutputStream) -> String {
    let width = findings.map(\.thing.count).max() ?? 0
    return findings.reduce(into: "") { text, finding in
      let style: TextStyle =
        switch finding.state {
        case .good: .green
        case .notable: .yellow
        case .wrong: .red
        }
      let word = finding.state.rawValue
      let mark = output.styled(word, style) + String(repeating: " ", count: 7 - word.count)
      let name = finding.thing + String(repeating: " ", count: width - finding.thing.count)
      text += "\(mark)\(name)  \(safeLine(finding.found))\n"
      if let advice = finding.advice { text += String(repeating: " ", count: width + 9) + advice + "\n" }
    }
  }
}
