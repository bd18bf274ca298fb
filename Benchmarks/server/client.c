// A client for what wrk does not do: an exact number of requests that all get to their end, a fixed rate, a number in
// each request, and how long each event of a paced stream (mock.c) was on its way. One thread.
//
//   client --port 9000 --path /v1/chat/completions --body '{...}' [--header 'A: b']... [--connections 1]
//          [--requests N] [--seconds S] [--rate R]
//
// `@ID@` in the body or a header becomes the number of the request, in eight digits. With a rate, the time of a request
// counts from when it was due. Prints one JSON object.
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { request_limit = 1 << 20, head_limit = 16 << 10, marks_limit = 8, id_digits = 8, stamp_digits = 16, tail_size = 7 };

static const char *path = "/", *body = "{}";
static char headers[4096];
static int port, connection_count = 1;
static uint64_t request_count, seconds, rate;

static char request[request_limit];
static size_t request_size, marks[marks_limit];
static int mark_count;

typedef struct {
  uint32_t *values;
  size_t count, room;
} samples;

static samples latencies, lateness;
static uint64_t good, refused, broken;

typedef enum { closed, idle, sending_or_reading, dead } state;

typedef struct connection {
  int socket;
  state state;
  uint64_t began;
  bool in_body, is_chunked, closes;
  int status;
  long left;
  size_t head_size;
  char head[head_limit];
  char tail[tail_size];
  int digits;
  uint64_t number;
} connection;

static int poller;
static connection *connections, **free_ones;
static int free_count, dead_count, busy_count;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

static void add(samples *samples, uint64_t value) {
  if (samples->count == samples->room) {
    samples->room = samples->room ? samples->room * 2 : 1 << 16;
    samples->values = realloc(samples->values, samples->room * sizeof *samples->values);
    if (!samples->values) exit(1);
  }
  samples->values[samples->count++] = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

static int by_size(const void *left, const void *right) {
  uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
  return (a > b) - (a < b);
}

static void print_samples(const char *name, samples *samples) {
  if (samples->count) qsort(samples->values, samples->count, sizeof *samples->values, by_size);
  const double shares[] = {0.5, 0.99, 1};
  const char *const names[] = {"p50", "p99", "max"};
  for (int i = 0; i < 3; i++) {
    size_t rank = (size_t)(shares[i] * (double)samples->count);
    size_t index = rank < samples->count ? rank : samples->count - 1;
    printf(",\"%s_%s_us\":%u", name, names[i], samples->count ? samples->values[index] : 0);
  }
}

// The numbers of 16 digits are times at which an event was written.
static void look_for_stamps(connection *connection, const char *bytes, size_t size, uint64_t time) {
  for (size_t i = 0; i < size; i++) {
    unsigned digit = (unsigned)bytes[i] - '0';
    if (digit <= 9) {
      connection->number = connection->digits++ ? connection->number * 10 + digit : digit;
    } else if (connection->digits) {
      bool is_stamp = connection->digits == stamp_digits && connection->number <= time;
      if (is_stamp) add(&lateness, time - connection->number);
      connection->digits = 0;
    }
  }
}

static void set_free(connection *connection, state state) {
  if (connection->state == sending_or_reading) busy_count--;
  connection->state = state;
  if (state == closed || state == dead) close(connection->socket);
  if (state == dead) dead_count++;
  if (state != dead) free_ones[free_count++] = connection;
}

static void end_answer(connection *connection, uint64_t time) {
  if (connection->status / 100 == 2) {
    good++;
    add(&latencies, time - connection->began);
  } else {
    refused++;
  }
  set_free(connection, connection->closes ? closed : idle);
}

static void fail(connection *connection, state state) {
  broken++;
  set_free(connection, state);
}

static bool open_connection(connection *connection) {
  connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(connection->socket, (struct sockaddr *)&address, sizeof address)) return false;
  int on = 1;
  setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  return epoll_ctl(poller, EPOLL_CTL_ADD, connection->socket, &event) == 0;
}

static void begin(connection *connection, uint64_t id, uint64_t due) {
  bool is_open = connection->state == idle;
  connection->state = sending_or_reading;
  busy_count++;
  connection->began = due;
  connection->in_body = false;
  connection->head_size = 0;
  connection->digits = 0;
  if (!is_open && !open_connection(connection)) return fail(connection, dead);
  char digits[id_digits + 1];
  snprintf(digits, sizeof digits, "%0*llu", id_digits, (unsigned long long)id % 100000000);
  for (int i = 0; i < mark_count; i++) memcpy(request + marks[i], digits, id_digits);
  // Blocking: a request is small, and the server reads it.
  if (send(connection->socket, request, request_size, MSG_NOSIGNAL) != (ssize_t)request_size) fail(connection, closed);
}

static const char *field(const char *head, const char *name) {
  const char *found = strcasestr(head, name);
  return found ? found + strlen(name) : NULL;
}

// The size of what follows the head in the same bytes; -1 while the head is not whole.
static long read_head(connection *connection, const char *bytes, size_t size) {
  size_t room = head_limit - 1 - connection->head_size;
  size_t taken = size < room ? size : room;
  size_t before = connection->head_size;
  memcpy(connection->head + before, bytes, taken);
  connection->head_size += taken;
  connection->head[connection->head_size] = 0;
  char *end = strstr(connection->head, "\r\n\r\n");
  if (!end) return -1;
  end[2] = 0;
  connection->in_body = true;
  connection->status = atoi(connection->head + strlen("HTTP/1.1 "));
  const char *length = field(connection->head, "\r\ncontent-length: ");
  connection->is_chunked = field(connection->head, "\r\ntransfer-encoding: chunked") != NULL;
  connection->closes = field(connection->head, "\r\nconnection: close") != NULL;
  connection->left = length ? atol(length) : 0;
  memset(connection->tail, 0, tail_size);
  return (long)(before + size) - (end + 4 - connection->head);
}

static bool read_body(connection *connection, const char *bytes, size_t size, uint64_t time) {
  look_for_stamps(connection, bytes, size, time);
  if (!connection->is_chunked) return (connection->left -= (long)size) <= 0;
  if (size >= tail_size) {
    memcpy(connection->tail, bytes + size - tail_size, tail_size);
  } else {
    memmove(connection->tail, connection->tail + size, tail_size - size);
    memcpy(connection->tail + tail_size - size, bytes, size);
  }
  return memcmp(connection->tail, "\r\n0\r\n\r\n", tail_size) == 0;
}

static void take_input(connection *connection) {
  static char bytes[1 << 16];
  ssize_t count = recv(connection->socket, bytes, sizeof bytes, MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN) return;
  if (connection->state == idle) {
    // It stays in the list of those that are free, and is opened again when it is its turn.
    close(connection->socket);
    connection->state = closed;
    return;
  }
  if (count <= 0) return fail(connection, closed);
  uint64_t time = now();
  const char *rest = bytes;
  if (!connection->in_body) {
    long left = read_head(connection, bytes, (size_t)count);
    if (left < 0) return connection->head_size >= head_limit - 1 ? fail(connection, closed) : (void)0;
    rest = bytes + count - left;
    count = left;
  }
  if (read_body(connection, rest, (size_t)count, time)) end_answer(connection, time);
}

static void prepare_request(void) {
  size_t ids = 0;
  for (const char *at = body; (at = strstr(at, "@ID@")); at += 4) ids++;
  int size = snprintf(request, sizeof request,
                      "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n%s"
                      "Content-Length: %zu\r\n\r\n%s",
                      path, port, headers, strlen(body) + ids * (id_digits - 4), body);
  request_size = (size_t)size;
  if (request_size + marks_limit * id_digits >= sizeof request) exit(2);
  for (char *at = request; mark_count < marks_limit && (at = strstr(at, "@ID@")); at += id_digits) {
    memmove(at + id_digits, at + 4, (size_t)(request + request_size - at - 4) + 1);
    memset(at, '0', id_digits);
    request_size += id_digits - 4;
    marks[mark_count++] = (size_t)(at - request);
  }
}

static void read_options(int count, char **arguments) {
  const struct option names[] = {{"port", 1, 0, 'p'},     {"path", 1, 0, 'u'},    {"body", 1, 0, 'b'},
                                 {"header", 1, 0, 'h'},   {"requests", 1, 0, 'n'}, {"seconds", 1, 0, 's'},
                                 {"rate", 1, 0, 'r'},     {"connections", 1, 0, 'c'}, {0}};
  for (int which; (which = getopt_long(count, arguments, "", names, NULL)) != -1;) {
    switch (which) {
    case 'p': port = atoi(optarg); break;
    case 'u': path = optarg; break;
    case 'b': body = optarg; break;
    case 'h':
      if (strlen(headers) + strlen(optarg) + 3 > sizeof headers) exit(2);
      strcat(strcat(headers, optarg), "\r\n");
      break;
    case 'n': request_count = strtoull(optarg, NULL, 10); break;
    case 's': seconds = strtoull(optarg, NULL, 10); break;
    case 'r': rate = strtoull(optarg, NULL, 10); break;
    case 'c': connection_count = atoi(optarg); break;
    default: exit(2);
    }
  }
}

int main(int count, char **arguments) {
  read_options(count, arguments);
  prepare_request();
  struct rlimit descriptors;
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
  prctl(PR_SET_TIMERSLACK, 1);
  poller = epoll_create1(EPOLL_CLOEXEC);
  connections = calloc((size_t)connection_count, sizeof *connections);
  free_ones = calloc((size_t)connection_count, sizeof *free_ones);
  if (!connections || !free_ones) return 1;
  for (int i = 0; i < connection_count; i++) free_ones[free_count++] = &connections[i];

  uint64_t start = now(), begun = 0, end = seconds ? start + seconds * 1000000 : UINT64_MAX;
  uint64_t wanted = request_count ? request_count : UINT64_MAX;
  for (;;) {
    uint64_t time = now(), due = start;
    bool is_over = false;
    while (free_count && !is_over) {
      due = rate ? start + begun * 1000000 / rate : time;
      is_over = begun >= wanted || time >= end || dead_count == connection_count;
      if (is_over || due > time) break;
      begin(free_ones[--free_count], begun++, due);
    }
    if (busy_count == 0 && (is_over || dead_count == connection_count)) break;
    uint64_t pause = free_count && !is_over && due > time ? due - time : 100000;
    struct timespec patience = {(time_t)(pause / 1000000), (long)(pause % 1000000) * 1000};
    struct epoll_event ready[256];
    int events = epoll_pwait2(poller, ready, 256, &patience, NULL);
    for (int i = 0; i < events; i++) take_input(ready[i].data.ptr);
  }
  printf("{\"requests\":%llu,\"good\":%llu,\"refused\":%llu,\"broken\":%llu,\"seconds\":%.3f", (unsigned long long)begun,
         (unsigned long long)good, (unsigned long long)refused, (unsigned long long)broken,
         (double)(now() - start) / 1e6);
  print_samples("latency", &latencies);
  printf(",\"events\":%zu", lateness.count);
  print_samples("event", &lateness);
  printf("}\n");
  return 0;
}
