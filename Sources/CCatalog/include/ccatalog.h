// The catalogue's tables, put into the binary as they are: lines of `key TAB value`, sorted by the bytes of the key.
#pragma once
#include <stddef.h>

extern const char *const llmgw_providers;
extern const size_t llmgw_providers_size;
extern const char *const llmgw_models;
extern const size_t llmgw_models_size;
