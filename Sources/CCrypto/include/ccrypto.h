// What the system's libcrypto does for us, which dlopen finds at first use: digests, and an RSA signature.
// Each function returns NULL, or one line that says what is wrong; never part of a key.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Signs `message` as RS256 does (RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518) with a private key in PEM.
// `signature` has room for *signature_size bytes, which becomes how many were written.
const char *ccrypto_sign_rs256(const char *pem, size_t pem_size, const uint8_t *message, size_t message_size,
                               uint8_t *signature, size_t *signature_size);

enum { ccrypto_digest_size = 32 };

// The SHA-256 of `message` (FIPS 180-4).
const char *ccrypto_sha256(const uint8_t *message, size_t message_size, uint8_t *digest);

// The HMAC-SHA256 of `message` under `key` (RFC 2104).
const char *ccrypto_hmac_sha256(const uint8_t *key, size_t key_size, const uint8_t *message, size_t message_size,
                                uint8_t *digest);
