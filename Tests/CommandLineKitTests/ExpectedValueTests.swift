import CommandLineKit
import Testing

struct ExpectedValues {
  private static let question = ValueKind.known("question")

  @Test(arguments: [
    (["ask", ""], question, ""),
    (["ask", "-m", ""], .known("model"), ""),
    (["ask", "-m", "gp"], .known("model"), "gp"),
    (["ask", "--model", "gp"], .known("model"), "gp"),
    (["ask", "--model=gp"], .known("model"), "gp"),
    (["ask", "--model=a=b"], .known("model"), "a=b"),
    (["ask", "-mgp"], .known("model"), "gp"),
    (["ask", "-m=gp"], .known("model"), "gp"),
    (["ask", "-qm", "gp"], .known("model"), "gp"),
    (["ask", "-qmgp"], .known("model"), "gp"),
    (["ask", "-m", "-q"], .known("model"), "-q"),
    (["ask", "-m", "gpt", "why"], question, "why"),
    (["ask", "-mgpt", "why"], question, "why"),
    (["ask", "--model=gpt", "why"], question, "why"),
    (["ask", "-q", "one", "two", "thr"], question, "thr"),
    (["ask", "--", "-m"], question, "-m"),
    (["ask", "-i", ""], .file, ""),
    (["ask", "-"], question, "-"),
    (["ask", "--folder", "/t"], .directory, "/t"),
    (["ask", "--shell", "z"], .oneOf(["bash", "zsh", "fish"]), "z"),
    (["teach", "z"], .oneOf(["bash", "zsh", "fish"]), "z"),
    (["book", "show", "12"], .known("id"), "12"),
    (["-m", "gp"], .known("model"), "gp"),
    (["why", "is"], question, "is"),
  ])
  func `the word under the cursor has a kind`(_ words: [String], _ kind: ValueKind, _ beginning: String) {
    #expect(Sample.program.expectedValue(in: words) == ExpectedValue(kind, beginning: beginning))
  }

  @Test(arguments: [
    [], [""], ["as"], ["ask", "--mo"], ["ask", "-q"], ["ask", "-z", "--unknown=x"], ["ask", "--quiet=x"],
    ["book", ""], ["book", "sh"], ["book", "show", "12", "x"], ["teach", "zsh", "x"], ["ask", "--quiet="],
  ])
  func `the name of a command, a flag and a word too many are no values`(_ words: [String]) {
    #expect(Sample.program.expectedValue(in: words) == nil)
  }

  @Test func `a thousand words are read once`() {
    let words = ["ask"] + [String](repeating: "-q", count: 100_000) + ["-m", "x"]
    #expect(Sample.program.expectedValue(in: words) == ExpectedValue(.known("model"), beginning: "x"))
  }
}
