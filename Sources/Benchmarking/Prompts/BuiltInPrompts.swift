// What is asked when nobody says what: short tasks of the kinds that people have, none that asks for a long answer.

extension PromptList {
  /// The most tokens an answer to a built-in prompt may have.
  package static let builtInOutputTokens = 128

  /// A dozen short tasks.
  package static let builtIn = PromptList(
    builtInTexts.map { BenchPrompt($0, maxOutputTokens: builtInOutputTokens) },
    summary: "\(builtInTexts.count) built-in prompts")

  private static let builtInTexts = [
    "Explain in one paragraph why the sky is blue at noon and red at dusk.",
    "Write a short, polite message that moves a meeting from Tuesday to Thursday and says why.",
    "List five things to check before a long trip by car, one line each.",
    "Summarise in two sentences what a hash table is and what it is good at.",
    "Turn this into plain English: 'The aforementioned party shall be held harmless in perpetuity.'",
    "Write a function in Python that returns the n-th Fibonacci number, with a comment on its cost.",
    "Which of these is the odd one out, and why: granite, basalt, limestone, obsidian?",
    "A train leaves at 9:40 and arrives at 13:05. How long does it take? Show the steps.",
    "Describe a quiet harbour in winter in about eighty words.",
    "Name three differences between TCP and UDP that matter to someone who writes a game.",
    "Translate into French and German: 'The library closes at six, but the garden stays open.'",
    "Someone says that their tests pass here but fail on the build server. Ask the five questions you would ask first.",
  ]
}
