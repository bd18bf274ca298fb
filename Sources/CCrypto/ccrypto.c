// Calls libcrypto 1.1 or 3 through its stable functions. They are declared here, so that no headers are needed to
// build; every type is opaque.
#include "ccrypto.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>

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
  int (*EVP_Digest)(const void *message, size_t message_size, uint8_t *digest, unsigned *digest_size,
                    const EVP_MD *type, void *engine);
  uint8_t *(*HMAC)(const EVP_MD *type, const void *key, int key_size, const uint8_t *message, size_t message_size,
                   uint8_t *digest, unsigned *digest_size);
  void (*ERR_clear_error)(void);
} libcrypto;

static const char *load_problem;

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
  LOOK_UP(EVP_DigestSign) LOOK_UP(EVP_Digest) LOOK_UP(HMAC) LOOK_UP(ERR_clear_error)
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
  if (!problem && !(context && libcrypto.EVP_DigestSignInit(context, NULL, libcrypto.EVP_sha256(), NULL, key) == 1 &&
                    libcrypto.EVP_DigestSign(context, signature, signature_size, message, message_size) == 1)) {
    problem = "its private key cannot sign";
  }
  libcrypto.EVP_MD_CTX_free(context);
  libcrypto.EVP_PKEY_free(key);
  libcrypto.ERR_clear_error();
  return problem;
}

const char *ccrypto_sha256(const uint8_t *message, size_t message_size, uint8_t *digest) {
  if (load()) return load_problem;
  unsigned size = 0;
  int done = libcrypto.EVP_Digest(message, message_size, digest, &size, libcrypto.EVP_sha256(), NULL);
  return done == 1 && size == ccrypto_digest_size ? NULL : "libcrypto has no SHA-256";
}

const char *ccrypto_hmac_sha256(const uint8_t *key, size_t key_size, const uint8_t *message, size_t message_size,
                                uint8_t *digest) {
  if (load()) return load_problem;
  if (key_size > INT_MAX) return "the key is too long";
  unsigned size = 0;
  uint8_t *done =
      libcrypto.HMAC(libcrypto.EVP_sha256(), key, (int)key_size, message, message_size, digest, &size);
  return done && size == ccrypto_digest_size ? NULL : "libcrypto has no SHA-256";
}
