// The one thing done with the system's libcrypto, which dlopen finds at first use: an RSA signature.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Signs `message` as RS256 does (RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518) with a private key in PEM.
// `signature` has room for *signature_size bytes, which becomes how many were written.
// NULL, or one line that says what is wrong; never part of the key.
const char *ccrypto_sign_rs256(const char *pem, size_t pem_size, const uint8_t *message, size_t message_size,
                               uint8_t *signature, size_t *signature_size);
