import Testing

@testable import Commands

struct CodeOfAnAnswer {
  @Test(arguments: [
    ("no code", nil, nil),
    ("```\na\n```", "a\n", "a\n"),
    ("text\n```sh\nls -l\n```\nmore\n~~~\nb\n~~~\n", "ls -l\n", "b\n"),
    ("```\r\na\r\n```\r\n", "a\n", "a\n"),
    ("```\n```", "", ""),
    ("````md\n```\nin\n```\n````", "```\nin\n```\n", "```\nin\n```\n"),
    ("1. x\n   ```py\n   if a:\n     b\n   ```", "if a:\n  b\n", "if a:\n  b\n"),
    ("```\ncut off", nil, nil),
    ("```\na\n```\n```\ncut", "a\n", "a\n"),
    ("```not `a` fence```", nil, nil),
    ("`inline`", nil, nil),
    ("~~~\n```\n~~~", "```\n", "```\n"),
  ])
  func `is the first or the last block that is whole`(_ text: String, _ first: String?, _ last: String?) {
    #expect(CodeBlockChoice.first.block(of: text) == first)
    #expect(CodeBlockChoice.last.block(of: text) == last)
  }
}
