// What the system's zlib does for us, which dlopen finds at first use: inflating, piece by piece.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct czlib_inflation czlib_inflation;

typedef enum {
  czlib_gzip,  // RFC 1952
  czlib_zlib,  // RFC 1950, what HTTP calls deflate
} czlib_format;

typedef enum {
  czlib_more,  // the input is used up, or the room is
  czlib_complete,
  czlib_malformed,
} czlib_state;

// NULL when zlib is not installed, or there is no memory.
czlib_inflation *czlib_begin(czlib_format format);

// Reads from `input` and writes to `output`; *input_size and *output_size become what was read and written.
czlib_state czlib_inflate(czlib_inflation *inflation, const uint8_t *input, size_t *input_size, uint8_t *output,
                          size_t *output_size);

void czlib_end(czlib_inflation *inflation);
