// What lies in an inbox, and when its thread may take its time.

import GatewayCore
import Testing

struct Inboxes {
  @Test(arguments: [(1, false, true), (1, true, false), (15, false, true), (16, false, false)])
  func `what nobody waits for may lie until it piles up`(_ count: Int, _ isUrgent: Bool, _ mayLie: Bool) {
    let inbox = Inbox<Int>(patience: 0, enough: 4)
    for unit in 0..<count { #expect(inbox.put(unit, isUrgent: isUrgent && unit == 0)) }
    #expect(inbox.mayLie == mayLie)
    #expect(inbox.takeAll()?.count == count)
    #expect(inbox.mayLie)
  }

  @Test func `a closed inbox is emptied at once`() {
    let inbox = Inbox<Int>(patience: 0, enough: 4)
    #expect(inbox.put(1, isUrgent: false) && inbox.mayLie)
    inbox.close()
    #expect(!inbox.mayLie)
    #expect(!inbox.put(2))
    #expect(inbox.takeAll() == [1])
    #expect(inbox.takeAll() == nil)
  }
}
