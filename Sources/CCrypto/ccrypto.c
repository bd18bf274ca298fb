// Calls libcrypto 1.1 or 3 through its stable functions. They are declared here, so that no headers are needed to
// build; every type is opaque.
#include "ccrypto.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>

typedef struct bio BIO;
typedef struct key EVP_PKEY;
typedef struct digest EVP_MD;
typedef struct context EVP_MD_CTX;
typedef int password_callback(char *buffer, int size, int is_writing, void *user);

static struct {
  BIO *(*BIO_new_mem_buf)(const void *bytes, int size);
  int (*BIO_free)(BIO *bio);
  EVP_PKEY *(*PEM_read_bio_PrivateKey)(BIO *bio, EVP_PKEY **key, password_callback *callback, void *user);
  void (*EVP_PKEY_free)(EVP_PKEY *key);
  const EVP_MD *(*EVP_sha256)(void);
  EVP_MD_CTX *(*EVP_MD_CTX_new)(void);
  void (*EVP_MD_CTX_free)(EVP_MD_CTX *context);
  int (*EVP_DigestSignInit)(EVP_MD_CTX *context, void **key_context, const EVP_MD *digest, void *engine,
                            EVP_PKEY *key);
  int (*EVP_DigestSign)(EVP_MD_CTX *context, uint8_t *signature, size_t *signature_size, const uint8_t *message,
                        size_t message_size);
  int (*EVP_DigestInit_ex)(EVP_MD_CTX *context, const EVP_MD *type, void *engine);
  int (*EVP_DigestUpdate)(EVP_MD_CTX *context, const void *bytes, size_t size);
  int (*EVP_DigestFinal_ex)(EVP_MD_CTX *context, uint8_t *digest, unsigned *digest_size);
  void (*ERR_clear_error)(void);
} libcrypto;

static const char *load_problem;
static const EVP_MD *sha256;

static void load_once(void) {
  static const char *const names[] = {"libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so"};
  void *library = NULL;
  for (size_t i = 0; i < sizeof names / sizeof *names && !library; i++) {
    library = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
  }
  load_problem = library ? NULL : "libcrypto is not installed: apt install libssl3";
  if (!library) return;
#define LOOK_UP(name) \
  if (!(*(void **)&libcrypto.name = dlsym(library, #name))) load_problem = "libcrypto lacks " #name;
  LOOK_UP(BIO_new_mem_buf) LOOK_UP(BIO_free) LOOK_UP(PEM_read_bio_PrivateKey) LOOK_UP(EVP_PKEY_free)
  LOOK_UP(EVP_sha256) LOOK_UP(EVP_MD_CTX_new) LOOK_UP(EVP_MD_CTX_free) LOOK_UP(EVP_DigestSignInit)
  LOOK_UP(EVP_DigestSign) LOOK_UP(EVP_DigestInit_ex) LOOK_UP(EVP_DigestUpdate) LOOK_UP(EVP_DigestFinal_ex)
  LOOK_UP(ERR_clear_error)
  if (load_problem) return;
  // Version 3 looks an algorithm up anew at each use (5 us) unless it was fetched; 1.1 cannot fetch and need not.
  EVP_MD *(*fetch)(void *library, const char *name, const char *properties);
  *(void **)&fetch = dlsym(library, "EVP_MD_fetch");
  sha256 = fetch ? fetch(NULL, "SHA256", NULL) : NULL;
  if (!sha256) sha256 = libcrypto.EVP_sha256();
}

static const char *load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load_once);
  return load_problem;
}

// Without it libcrypto would ask for the password on the terminal.
static int no_password(char *buffer, int size, int is_writing, void *user) { return -1; }

static EVP_PKEY *read_key(const char *pem, size_t size) {
  if (size > INT_MAX) return NULL;
  BIO *bio = libcrypto.BIO_new_mem_buf(pem, (int)size);
  if (!bio) return NULL;
  EVP_PKEY *key = libcrypto.PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
  libcrypto.BIO_free(bio);
  return key;
}

const char *ccrypto_sign_rs256(const char *pem, size_t pem_size, const uint8_t *message, size_t message_size,
                               uint8_t *signature, size_t *signature_size) {
  if (load()) return load_problem;
  EVP_PKEY *key = read_key(pem, pem_size);
  EVP_MD_CTX *context = libcrypto.EVP_MD_CTX_new();
  const char *problem = key ? NULL : "its private key cannot be read";
  if (!problem && !(context && libcrypto.EVP_DigestSignInit(context, NULL, sha256, NULL, key) == 1 &&
                    libcrypto.EVP_DigestSign(context, signature, signature_size, message, message_size) == 1)) {
    problem = "its private key cannot sign";
  }
  libcrypto.EVP_MD_CTX_free(context);
  libcrypto.EVP_PKEY_free(key);
  libcrypto.ERR_clear_error();
  return problem;
}

static const char no_sha256[] = "libcrypto has no SHA-256";

// The digest of two runs of bytes, one behind the other.
static int digest_of(EVP_MD_CTX *context, const uint8_t *first, size_t first_size, const uint8_t *second,
                     size_t second_size, uint8_t *digest) {
  unsigned size = 0;
  return context && libcrypto.EVP_DigestInit_ex(context, sha256, NULL) == 1 &&
         libcrypto.EVP_DigestUpdate(context, first, first_size) == 1 &&
         libcrypto.EVP_DigestUpdate(context, second, second_size) == 1 &&
         libcrypto.EVP_DigestFinal_ex(context, digest, &size) == 1 && size == ccrypto_digest_size;
}

const char *ccrypto_sha256(const uint8_t *message, size_t message_size, uint8_t *digest) {
  if (load()) return load_problem;
  EVP_MD_CTX *context = libcrypto.EVP_MD_CTX_new();
  int done = digest_of(context, message, message_size, NULL, 0, digest);
  libcrypto.EVP_MD_CTX_free(context);
  return done ? NULL : no_sha256;
}

// Written out: version 3's own HMAC() takes 15 us to find its parts, and every request is authenticated by one.
const char *ccrypto_hmac_sha256(const uint8_t *key, size_t key_size, const uint8_t *message, size_t message_size,
                                uint8_t *digest) {
  if (load()) return load_problem;
  enum { block_size = 64 };
  uint8_t inner[block_size] = {0}, outer[block_size];
  EVP_MD_CTX *context = libcrypto.EVP_MD_CTX_new();
  int done = context != NULL;
  if (key_size > block_size) {
    done = digest_of(context, key, key_size, NULL, 0, inner);
  } else if (key_size) {
    memcpy(inner, key, key_size);
  }
  for (size_t i = 0; i < block_size; i++) {
    outer[i] = inner[i] ^ 0x5c;
    inner[i] ^= 0x36;
  }
  done = done && digest_of(context, inner, block_size, message, message_size, digest) &&
         digest_of(context, outer, block_size, digest, ccrypto_digest_size, digest);
  libcrypto.EVP_MD_CTX_free(context);
  return done ? NULL : no_sha256;
}
