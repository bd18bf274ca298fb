// A provider that costs nothing: answers chat requests in three wire formats from memory, whole or as streams, and
// counts what it has seen. One thread, level-triggered epoll. For measurements and tests; never on an open network.
//
//   mock --port 9000 [--events 50] [--pace-ms 0] [--delay-ms 0] [--spread-ms 0] [--fail-every 0]
//
// POST */chat/completions, */messages, */responses   an answer; "stream":true in the body makes it a stream
// GET /stats                                         what was seen since the last reset
// GET /seen                                          the "user" of each request that had one, a line each, in order
// POST /reset                                        forgets both
//
// A request counts once, when all of it has been read; output tokens count when the whole answer is written. With a
// pace, each event's text is the time it was written at (CLOCK_MONOTONIC, microseconds), so that a client can tell how
// long it was on its way.
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  header_limit = 64 << 10,
  body_limit = 64 << 20,
  first_buffer = 4 << 10,
  seen_limit = 256 << 20,
  event_limit = 1 << 10,
  answer_limit = 4 << 10,
  whole_tokens = 24,
  stamp_digits = 16,
  ready_limit = 512,
};

static struct {
  int port, events, pace_ms, delay_ms, fail_every, spread_ms;
} options = {.port = 9000, .events = 50};

static struct {
  uint64_t requests, output_tokens, streams, failed;
} stats;

typedef struct {
  char *bytes;
  size_t size, room;
} buffer;

static buffer seen;

typedef enum { chat_completions, messages, responses, formats } format;

// An answer to write: a stream in `step` steps, or (`step` 0 only) a whole one.
typedef struct {
  bool is_active, is_stream, fails;
  format format;
  int step;
} answer;

typedef struct connection {
  int socket;
  bool waits_for_room;
  buffer in;
  buffer out;  // what the socket did not take
  answer answer;
  uint64_t due;  // of the answer's next step, in microseconds; 0: at once
  struct connection *earlier, *later;
} connection;

static int poller;
static connection *first_due, *last_due;
static const char *const words = "All that is gold does not glitter, not all those who wander are lost; the old that is "
                                 "strong does not wither, deep roots are not reached by the frost.";

static void give_up(const char *what) {
  perror(what);
  exit(1);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

static void make_room(buffer *buffer, size_t more) {
  if (buffer->size + more <= buffer->room) return;
  size_t room = buffer->room ? buffer->room : first_buffer;
  while (room < buffer->size + more) room *= 2;
  if (!(buffer->bytes = realloc(buffer->bytes, room))) give_up("mock: memory");
  buffer->room = room;
}

static void append(buffer *buffer, const void *bytes, size_t size) {
  make_room(buffer, size);
  memcpy(buffer->bytes + buffer->size, bytes, size);
  buffer->size += size;
}

static void drop(buffer *buffer, size_t size) {
  buffer->size -= size;
  memmove(buffer->bytes, buffer->bytes + size, buffer->size);
}

// Answers from memory. ------------------------------------------------------------------------------------------------

typedef struct {
  char bytes[answer_limit];
  size_t size;
} text;

static text whole[formats], stream_head, too_many, not_found, done;

static text http(const char *status, const char *headers, const char *body) {
  text text;
  text.size = (size_t)snprintf(text.bytes, sizeof text.bytes,
                               "HTTP/1.1 %s\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n%s", status,
                               headers, strlen(body), body);
  return text;
}

static void prepare_answers(void) {
  char body[answer_limit / 2];
  snprintf(body, sizeof body,
           "{\"id\":\"chatcmpl-mock\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"m\",\"choices\":[{"
           "\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"%s\",\"refusal\":null},\"logprobs\":null,"
           "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":%d,\"total_tokens\":%d,"
           "\"prompt_tokens_details\":{\"cached_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":0}},"
           "\"system_fingerprint\":\"fp_mock\"}",
           words, whole_tokens, 12 + whole_tokens);
  whole[chat_completions] = http("200 OK", "", body);
  snprintf(body, sizeof body,
           "{\"id\":\"msg_mock\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[{\"type\":"
           "\"text\",\"text\":\"%s\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":12,"
           "\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":%d}}",
           words, whole_tokens);
  whole[messages] = http("200 OK", "", body);
  snprintf(body, sizeof body,
           "{\"id\":\"resp_mock\",\"object\":\"response\",\"created_at\":1700000000,\"status\":\"completed\",\"error\":null,"
           "\"incomplete_details\":null,\"model\":\"m\",\"output\":[{\"type\":\"message\",\"id\":\"msg_mock\",\"status\":"
           "\"completed\",\"role\":\"assistant\",\"content\":[{\"type\":\"output_text\",\"text\":\"%s\",\"annotations\":[]"
           "}]}],\"usage\":{\"input_tokens\":12,\"input_tokens_details\":{\"cached_tokens\":0},\"output_tokens\":%d,"
           "\"output_tokens_details\":{\"reasoning_tokens\":0},\"total_tokens\":%d}}",
           words, whole_tokens, 12 + whole_tokens);
  whole[responses] = http("200 OK", "", body);
  too_many = http("429 Too Many Requests", "Retry-After: 1\r\n",
                  "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"slow down\"}}");
  not_found = http("404 Not Found", "", "{\"error\":{\"message\":\"there is nothing here\"}}");
  done = http("200 OK", "", "{}");
  stream_head.size = (size_t)snprintf(stream_head.bytes, sizeof stream_head.bytes,
                                      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
                                      "Transfer-Encoding: chunked\r\n\r\n");
}

// The text of an event's token: a word, or with a pace the time.
static const char *token(void) {
  static char stamp[stamp_digits + 1];
  if (!options.pace_ms) return " word";
  snprintf(stamp, sizeof stamp, "%0*llu", stamp_digits, (unsigned long long)now());
  return stamp;
}

#define CHUNK(delta, finish, usage)                                                                              \
  "data: {\"id\":\"chatcmpl-mock\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"m\"," \
  "\"system_fingerprint\":\"fp_mock\",\"choices\":[" delta finish "]" usage "}\n\n"

// The step's event, or an empty one after the last. Tokens are the steps 1 to `events`.
static int chat_event(char *event, size_t room, int step) {
  int last = options.events;
  if (step == 0) {
    return snprintf(event, room,
                    CHUNK("{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}", ",\"finish_reason\":null}", ""));
  }
  if (step <= last) {
    return snprintf(event, room, CHUNK("{\"index\":0,\"delta\":{\"content\":\"%s\"}", ",\"finish_reason\":null}", ""),
                    token());
  }
  if (step == last + 1) {
    return snprintf(event, room, CHUNK("{\"index\":0,\"delta\":{}", ",\"finish_reason\":\"stop\"}", ""));
  }
  if (step == last + 2) {
    return snprintf(event, room,
                    CHUNK("", "", ",\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":%d,\"total_tokens\":%d}"), last,
                    last + 12);
  }
  return step == last + 3 ? snprintf(event, room, "data: [DONE]\n\n") : 0;
}

#define EVENT(name, fields) "event: " name "\ndata: {\"type\":\"" name "\"" fields "}\n\n"

static int message_event(char *event, size_t room, int step) {
  int last = options.events;
  if (step == 0) {
    return snprintf(event, room,
                    EVENT("message_start",
                          ",\"message\":{\"id\":\"msg_mock\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\","
                          "\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":12,"
                          "\"output_tokens\":1}}")
                        EVENT("content_block_start", ",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}"));
  }
  if (step <= last) {
    return snprintf(event, room,
                    EVENT("content_block_delta", ",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"%s\"}"),
                    token());
  }
  if (step == last + 1) return snprintf(event, room, EVENT("content_block_stop", ",\"index\":0"));
  if (step == last + 2) {
    return snprintf(event, room,
                    EVENT("message_delta", ",\"delta\":{\"stop_reason\":\"end_turn\",\"stop_sequence\":null},\"usage\":{"
                                           "\"output_tokens\":%d}"),
                    last);
  }
  return step == last + 3 ? snprintf(event, room, EVENT("message_stop", "")) : 0;
}

// Connections. --------------------------------------------------------------------------------------------------------

static void unschedule(connection *connection) {
  if (!connection->due) return;
  *(connection->earlier ? &connection->earlier->later : &first_due) = connection->later;
  *(connection->later ? &connection->later->earlier : &last_due) = connection->earlier;
  connection->earlier = connection->later = NULL;
  connection->due = 0;
}

// Most are due last: the place is looked for from there.
static void schedule(connection *connection, uint64_t due) {
  struct connection *before = last_due;
  while (before && before->due > due) before = before->earlier;
  connection->due = due;
  connection->earlier = before;
  connection->later = before ? before->later : first_due;
  *(connection->later ? &connection->later->earlier : &last_due) = connection;
  *(before ? &before->later : &first_due) = connection;
}

static void close_connection(connection *connection) {
  unschedule(connection);
  close(connection->socket);
  free(connection->in.bytes);
  free(connection->out.bytes);
  free(connection);
}

static void wait_for_room(connection *connection, bool waits) {
  if (connection->waits_for_room == waits) return;
  connection->waits_for_room = waits;
  struct epoll_event event = {.events = EPOLLIN | (waits ? EPOLLOUT : 0), .data.ptr = connection};
  epoll_ctl(poller, EPOLL_CTL_MOD, connection->socket, &event);
}

// False when the connection is broken.
static bool send_bytes(connection *connection, const char *bytes, size_t size) {
  ssize_t sent = connection->out.size ? 0 : send(connection->socket, bytes, size, MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN) return false;
    sent = 0;
  }
  if ((size_t)sent == size) return true;
  append(&connection->out, bytes + sent, size - (size_t)sent);
  wait_for_room(connection, true);
  return true;
}

static bool send_whole(connection *connection, const text *text) {
  return send_bytes(connection, text->bytes, text->size);
}

static bool finish(connection *connection, int tokens) {
  stats.output_tokens += (uint64_t)tokens;
  connection->answer.is_active = false;
  return true;
}

// One step of a stream: an event in a chunk of its own, with one write.
static bool step(connection *connection) {
  answer *answer = &connection->answer;
  // "%04x\r\n" is six bytes.
  char chunk[6 + event_limit + 2 + 5];
  int size = answer->format == messages ? message_event(chunk + 6, event_limit, answer->step)
                                        : chat_event(chunk + 6, event_limit, answer->step);
  if (size == 0) return send_bytes(connection, "0\r\n\r\n", 5) && finish(connection, options.events);
  char length[8];
  snprintf(length, sizeof length, "%04x\r\n", (unsigned)size);
  memcpy(chunk, length, 6);
  memcpy(chunk + 6 + size, "\r\n", 2);
  if (answer->step == 0 && !send_whole(connection, &stream_head)) return false;
  answer->step += 1;
  return send_bytes(connection, chunk, 6 + (size_t)size + 2);
}

// Writes what may be written now.
static bool go_on(connection *connection) {
  answer *answer = &connection->answer;
  uint64_t due = connection->due ? connection->due : now();
  unschedule(connection);
  if (answer->fails) return send_whole(connection, &too_many) && finish(connection, 0);
  if (!answer->is_stream) return send_whole(connection, &whole[answer->format]) && finish(connection, whole_tokens);
  while (answer->is_active && !connection->out.size) {
    if (!step(connection)) return false;
    if (options.pace_ms && answer->is_active && answer->step <= options.events + 1) {
      schedule(connection, due + (uint64_t)options.pace_ms * 1000);
      break;
    }
  }
  return true;
}

// Requests. -----------------------------------------------------------------------------------------------------------

static bool ends_with(const char *bytes, size_t size, const char *end) {
  size_t length = strlen(end);
  return size >= length && memcmp(bytes + size - length, end, length) == 0;
}

// The value of the first member of that name (in quotes), wherever it stands; a text of that name is passed over.
static const char *member(const char *body, size_t size, const char *name) {
  const char *end = body + size;
  while ((body = memmem(body, (size_t)(end - body), name, strlen(name)))) {
    body += strlen(name);
    while (body < end && *body == ' ') body++;
    if (body == end || *body != ':') continue;
    body++;
    while (body < end && *body == ' ') body++;
    return body;
  }
  return NULL;
}

static bool wants_stream(const char *body, size_t size) {
  const char *value = member(body, size, "\"stream\"");
  return value && body + size - value >= 4 && memcmp(value, "true", 4) == 0;
}

static void remember_user(const char *body, size_t size) {
  const char *value = member(body, size, "\"user\"");
  if (!value || seen.size + size > seen_limit || value == body + size || *value != '"') return;
  value++;
  const char *end = memchr(value, '"', (size_t)(body + size - value));
  if (!end) return;
  append(&seen, value, (size_t)(end - value));
  append(&seen, "\n", 1);
}

// The value of Content-Length, 0 without one, -1 when the body cannot be read.
static long body_size(const char *head, const char *end) {
  long size = 0;
  for (const char *line = head; line < end;) {
    const char *next = memchr(line, '\n', (size_t)(end - line));
    if (!next) break;
    if (next - line > 15 && strncasecmp(line, "content-length:", 15) == 0) size = strtol(line + 15, NULL, 10);
    if (next - line > 18 && strncasecmp(line, "transfer-encoding:", 18) == 0) return -1;
    line = next + 1;
  }
  return size >= 0 && size <= body_limit ? size : -1;
}

static bool send_report(connection *connection, const char *type, const char *body, size_t size) {
  char head[128];
  int length = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", type, size);
  return send_bytes(connection, head, (size_t)length) && send_bytes(connection, body, size);
}

static bool send_stats(connection *connection) {
  char body[256];
  int size = snprintf(body, sizeof body, "{\"requests\":%llu,\"output_tokens\":%llu,\"streams\":%llu,\"failed\":%llu}\n",
                      (unsigned long long)stats.requests, (unsigned long long)stats.output_tokens,
                      (unsigned long long)stats.streams, (unsigned long long)stats.failed);
  return send_report(connection, "application/json", body, (size_t)size);
}

// Of so many microseconds an answer is later than --delay-ms: even over --spread-ms, and in no order (golden ratio).
static uint64_t spread(uint64_t number) {
  if (!options.spread_ms) return 0;
  return number * 11400714819323198485ull / (UINT64_MAX / ((uint64_t)options.spread_ms * 1000 + 1) + 1);
}

static bool begin_answer(connection *connection, format format, const char *body, size_t size) {
  stats.requests += 1;
  remember_user(body, size);
  bool fails = options.fail_every && stats.requests % (uint64_t)options.fail_every == 0;
  bool is_stream = !fails && format != responses && wants_stream(body, size);
  stats.streams += is_stream;
  stats.failed += fails;
  connection->answer = (answer){.is_active = true, .is_stream = is_stream, .fails = fails, .format = format};
  if (!options.delay_ms && !options.spread_ms) return go_on(connection);
  schedule(connection, now() + (uint64_t)options.delay_ms * 1000 + spread(stats.requests));
  return true;
}

static bool respond(connection *connection, const char *target, size_t length, const char *body, size_t size) {
  static const char *const paths[formats] = {"/chat/completions", "/messages", "/responses"};
  for (format format = 0; format < formats; format++) {
    if (ends_with(target, length, paths[format])) return begin_answer(connection, format, body, size);
  }
  if (ends_with(target, length, "/stats")) return send_stats(connection);
  if (ends_with(target, length, "/seen")) return send_report(connection, "text/plain", seen.bytes, seen.size);
  if (!ends_with(target, length, "/reset")) return send_whole(connection, &not_found);
  memset(&stats, 0, sizeof stats);
  seen.size = 0;
  return send_whole(connection, &done);
}

// Answers the requests that are there whole, one after the other.
static bool serve(connection *connection) {
  buffer *in = &connection->in;
  while (in->size && !connection->answer.is_active) {
    const char *end = memmem(in->bytes, in->size, "\r\n\r\n", 4);
    if (!end) return in->size <= header_limit;
    long size = body_size(in->bytes, end + 2);
    if (size < 0) return false;
    size_t head = (size_t)(end + 4 - in->bytes);
    if (in->size < head + (size_t)size) return true;
    const char *target = memchr(in->bytes, ' ', head);
    const char *version = target ? memchr(target + 1, ' ', head - (size_t)(target + 1 - in->bytes)) : NULL;
    if (!version) return false;
    if (!respond(connection, target + 1, (size_t)(version - target - 1), end + 4, (size_t)size)) return false;
    drop(in, head + (size_t)size);
  }
  return true;
}

static bool take_input(connection *connection) {
  buffer *in = &connection->in;
  if (in->size > header_limit + body_limit) return false;
  make_room(in, first_buffer > in->size ? first_buffer : in->size);
  ssize_t count = recv(connection->socket, in->bytes + in->size, in->room - in->size, 0);
  if (count <= 0) return count < 0 && errno == EAGAIN;
  in->size += (size_t)count;
  return serve(connection);
}

static bool send_rest(connection *connection) {
  buffer *out = &connection->out;
  ssize_t sent = send(connection->socket, out->bytes, out->size, MSG_NOSIGNAL);
  if (sent < 0) return errno == EAGAIN;
  drop(out, (size_t)sent);
  if (out->size) return true;
  wait_for_room(connection, false);
  if (connection->answer.is_active && !connection->due && !go_on(connection)) return false;
  return serve(connection);
}

static void run_due(void) {
  uint64_t time = now();
  while (first_due && first_due->due <= time) {
    connection *connection = first_due;
    if (connection->out.size) {
      unschedule(connection);  // it goes on when its client reads again
    } else if (!go_on(connection) || !serve(connection)) {
      close_connection(connection);
    }
  }
}

static void take_connections(int listener) {
  for (int socket; (socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connection *connection = calloc(1, sizeof *connection);
    if (!connection) give_up("mock: memory");
    connection->socket = socket;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
  }
}

static int listen_on_loopback(void) {
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int on = 1;
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)options.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) give_up("mock: listen");
  socklen_t size = sizeof address;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("mock: http://127.0.0.1:%d\n", ntohs(address.sin_port));
  fflush(stdout);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  return listener;
}

static void read_options(int count, char **arguments) {
  const struct option names[] = {{"port", 1, 0, 0},     {"events", 1, 0, 1},     {"pace-ms", 1, 0, 2},
                                 {"delay-ms", 1, 0, 3}, {"fail-every", 1, 0, 4}, {"spread-ms", 1, 0, 5},
                                 {0}};
  int *const values[] = {&options.port,     &options.events,     &options.pace_ms,
                         &options.delay_ms, &options.fail_every, &options.spread_ms};
  for (int which; (which = getopt_long(count, arguments, "", names, NULL)) != -1;) {
    if (which == '?') exit(2);
    *values[which] = atoi(optarg);
  }
}

int main(int count, char **arguments) {
  read_options(count, arguments);
  signal(SIGPIPE, SIG_IGN);
  struct rlimit descriptors;
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
  prepare_answers();
  poller = epoll_create1(EPOLL_CLOEXEC);
  int listener = listen_on_loopback();
  for (;;) {
    struct epoll_event ready[ready_limit];
    uint64_t time = first_due ? now() : 0;
    // To the microsecond: in whole milliseconds, answers to requests that come together would come sooner than others.
    uint64_t wait = first_due && first_due->due > time ? first_due->due - time : 0;
    struct timespec patience = {.tv_sec = (time_t)(wait / 1000000), .tv_nsec = (long)(wait % 1000000) * 1000};
    int events = epoll_pwait2(poller, ready, ready_limit, first_due ? &patience : NULL, NULL);
    for (int i = 0; i < events; i++) {
      connection *connection = ready[i].data.ptr;
      if (!connection) {
        take_connections(listener);
        continue;
      }
      bool lives = !(ready[i].events & EPOLLOUT) || send_rest(connection);
      if (lives && ready[i].events & ~(unsigned)EPOLLOUT) lives = take_input(connection);
      if (!lives) close_connection(connection);
    }
    run_due();
  }
}
