// libcurl's types, and its functions behind a table that dlopen fills at first use.
// Nothing here may be called before ccurl_load() has returned NULL.
#pragma once
#include <curl/curl.h>
// What a driver of libcurl's sockets waits with; Swift's Glibc module leaves these out.
#include <sys/epoll.h>
#include <sys/eventfd.h>

// Options younger than the oldest libcurl served (7.80); an older library answers CURLE_UNKNOWN_OPTION.
enum {
  CCURL_OPTION_PROTOCOLS_STR = CURLOPTTYPE_OBJECTPOINT + 318,  // 7.85
  CCURL_OPTION_QUICK_EXIT = CURLOPTTYPE_LONG + 322,            // 7.87
};

// Loads libcurl and initialises it, once in the life of the process. NULL, or one line that says what is missing.
const char *ccurl_load(void);
// The directory of CA certificates that libcurl was built with; may be NULL.
const char *ccurl_default_ca_path(void);

// The version of the library that was loaded, such as "7.88.1"; only after ccurl_load() gave NULL.
const char *ccurl_version(void);

CURL *ccurl_easy_init(void);
void ccurl_easy_reset(CURL *easy);
void ccurl_easy_cleanup(CURL *easy);
CURLcode ccurl_easy_pause(CURL *easy, int bitmask);
const char *ccurl_easy_strerror(CURLcode code);

// One per kind of argument, because curl_easy_setopt and curl_easy_getinfo are variadic.
CURLcode ccurl_easy_set_long(CURL *easy, CURLoption option, long value);
CURLcode ccurl_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value);
CURLcode ccurl_easy_set_pointer(CURL *easy, CURLoption option, void *value);
CURLcode ccurl_easy_set_string(CURL *easy, CURLoption option, const char *value);
CURLcode ccurl_easy_set_write_callback(CURL *easy, CURLoption option, curl_write_callback callback);
CURLcode ccurl_easy_set_prereq_callback(CURL *easy, curl_prereq_callback callback);
CURLcode ccurl_easy_allow_only_http(CURL *easy);
CURLcode ccurl_easy_get_long(CURL *easy, CURLINFO info, long *value);
CURLcode ccurl_easy_get_offset(CURL *easy, CURLINFO info, curl_off_t *value);
CURLcode ccurl_easy_get_pointer(CURL *easy, CURLINFO info, void **value);

struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *line);
void ccurl_slist_free_all(struct curl_slist *list);

// An address taken apart, for CURLOPT_CURLU; NULL when it is none, or there is no memory.
CURLU *ccurl_url_parse(const char *text);
void ccurl_url_cleanup(CURLU *url);

CURLM *ccurl_multi_init(void);
CURLMcode ccurl_multi_cleanup(CURLM *multi);
CURLMcode ccurl_multi_add_handle(CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_remove_handle(CURLM *multi, CURL *easy);
CURLMcode ccurl_multi_assign(CURLM *multi, curl_socket_t socket, void *pointer);
CURLMcode ccurl_multi_socket_action(CURLM *multi, curl_socket_t socket, int events, int *running);
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode ccurl_multi_set_socket_callback(CURLM *multi, curl_socket_callback callback, void *context);
CURLMcode ccurl_multi_set_timer_callback(CURLM *multi, curl_multi_timer_callback callback, void *context);
// The next transfer that is over, with its result; NULL when there is none.
CURL *ccurl_multi_next_done(CURLM *multi, CURLcode *result);
