// Calls zlib 1 through its stable interface. It is declared here, so that no headers are needed to build.
#include "czlib.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

// `z_stream`; its size is handed over, and checked by zlib.
typedef struct {
  const uint8_t *next_in;
  unsigned avail_in;
  unsigned long total_in;
  uint8_t *next_out;
  unsigned avail_out;
  unsigned long total_out;
  const char *msg;
  void *state;
  void *(*zalloc)(void *user, unsigned count, unsigned size);
  void (*zfree)(void *user, void *bytes);
  void *opaque;
  int data_type;
  unsigned long adler;
  unsigned long reserved;
} stream;

enum { z_no_flush = 0, z_ok = 0, z_stream_end = 1, z_buf_error = -5, largest_window = 15, gzip_wrapper = 16 };

struct czlib_inflation {
  stream stream;
};

static struct {
  int (*inflateInit2_)(stream *stream, int window_bits, const char *version, int stream_size);
  int (*inflate)(stream *stream, int flush);
  int (*inflateEnd)(stream *stream);
} zlib;

static int is_loaded;

static void load_once(void) {
  void *library = dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  is_loaded = 1;
#define LOOK_UP(name) \
  if (!(*(void **)&zlib.name = dlsym(library, #name))) is_loaded = 0;
  LOOK_UP(inflateInit2_) LOOK_UP(inflate) LOOK_UP(inflateEnd)
}

czlib_inflation *czlib_begin(czlib_format format) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load_once);
  czlib_inflation *inflation = is_loaded ? calloc(1, sizeof *inflation) : NULL;
  if (!inflation) return NULL;
  int bits = format == czlib_gzip ? largest_window + gzip_wrapper : largest_window;
  if (zlib.inflateInit2_(&inflation->stream, bits, "1", sizeof(stream)) == z_ok) return inflation;
  free(inflation);
  return NULL;
}

czlib_state czlib_inflate(czlib_inflation *inflation, const uint8_t *input, size_t *input_size, uint8_t *output,
                          size_t *output_size) {
  stream *stream = &inflation->stream;
  unsigned input_left = *input_size < UINT_MAX ? (unsigned)*input_size : UINT_MAX;
  unsigned room = *output_size < UINT_MAX ? (unsigned)*output_size : UINT_MAX;
  stream->next_in = input;
  stream->avail_in = input_left;
  stream->next_out = output;
  stream->avail_out = room;
  int result = zlib.inflate(stream, z_no_flush);
  *input_size = input_left - stream->avail_in;
  *output_size = room - stream->avail_out;
  if (result == z_stream_end) return czlib_complete;
  // Nothing to read or no room is no error: there is more of both to come.
  return result == z_ok || result == z_buf_error ? czlib_more : czlib_malformed;
}

void czlib_end(czlib_inflation *inflation) {
  zlib.inflateEnd(&inflation->stream);
  free(inflation);
}
