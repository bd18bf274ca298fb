// `#embed` (C23) costs the compiler nothing; a literal of this size in Swift takes it seconds.
#include "ccatalog.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char providers[] = {
#embed "providers.tsv"
};
const char *const llmgw_providers = providers;
const size_t llmgw_providers_size = sizeof providers;

static const char models[] = {
#embed "models.tsv"
};
const char *const llmgw_models = models;
const size_t llmgw_models_size = sizeof models;
