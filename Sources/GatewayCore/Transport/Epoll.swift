// The kernel's list of the sockets that libcurl waits on.
import CCurl
import Glibc

/// Owns an epoll descriptor.
struct Epoll: ~Copyable {
  struct Ready {
    var socket: Int32
    /// `CURL_CSELECT_*` bits.
    var curlEvents: Int32
  }

  private let descriptor: Int32

  /// Fails when the system has no file descriptor left.
  init?() {
    descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
    if descriptor < 0 { return nil }
  }

  deinit { close(descriptor) }

  /// Watches `socket` for what libcurl calls `CURL_POLL_*`; `isKnown` when it is watched already.
  borrowing func watch(_ socket: Int32, for what: Int32, isKnown: Bool) {
    var event = epoll_event()
    if what & CURL_POLL_IN != 0 { event.events |= EPOLLIN.rawValue }
    if what & CURL_POLL_OUT != 0 { event.events |= EPOLLOUT.rawValue }
    event.data.fd = socket
    epoll_ctl(descriptor, isKnown ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket, &event)
  }

  /// Watches an eventfd: each write to it is an event of its own, so that it need not be read.
  borrowing func watchWrites(to eventFile: Int32) {
    var event = epoll_event()
    event.events = EPOLLIN.rawValue | EPOLLET.rawValue
    event.data.fd = eventFile
    epoll_ctl(descriptor, EPOLL_CTL_ADD, eventFile, &event)
  }

  borrowing func forget(_ socket: Int32) {
    epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, nil)
  }

  /// Waits at most `milliseconds` (-1: for ever) and appends to `ready` what happened.
  borrowing func wait(milliseconds: Int32, into ready: inout [Ready]) {
    // 64 at a time: readers are woken after each batch, so a batch must stay short.
    withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 64) { events in
      let count = epoll_wait(descriptor, events.baseAddress, 64, milliseconds)
      for event in events.prefix(max(0, Int(count))) {
        ready.append(Ready(socket: event.data.fd, curlEvents: Self.curlEvents(event.events)))
      }
    }
  }

  private static func curlEvents(_ events: UInt32) -> Int32 {
    var bits: Int32 = 0
    if events & EPOLLIN.rawValue != 0 { bits |= CURL_CSELECT_IN }
    if events & EPOLLOUT.rawValue != 0 { bits |= CURL_CSELECT_OUT }
    if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { bits |= CURL_CSELECT_ERR }
    return bits
  }
}
