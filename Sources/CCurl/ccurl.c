// Fills one table of functions from the system's libcurl, and calls through it.
#define CURL_DISABLE_TYPECHECK
#define CURL_DISABLE_DEPRECATION
#include "ccurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

#define FUNCTIONS(X) \
  X(curl_global_init) X(curl_version_info) \
  X(curl_easy_init) X(curl_easy_reset) X(curl_easy_cleanup) X(curl_easy_pause) X(curl_easy_strerror) \
  X(curl_easy_setopt) X(curl_easy_getinfo) \
  X(curl_slist_append) X(curl_slist_free_all) \
  X(curl_url) X(curl_url_set) X(curl_url_cleanup) \
  X(curl_multi_init) X(curl_multi_cleanup) X(curl_multi_add_handle) X(curl_multi_remove_handle) \
  X(curl_multi_assign) X(curl_multi_socket_action) X(curl_multi_setopt) X(curl_multi_info_read)

#define MEMBER(name) __typeof__(name) *name;
static struct { FUNCTIONS(MEMBER) } libcurl;

static const char *load_problem;
static char load_problem_text[160];

static const char *too_old(const char *version) {
  snprintf(load_problem_text, sizeof load_problem_text, "libcurl %s is too old: 7.80 or newer is needed", version);
  return load_problem_text;
}

static void *open_library(void) {
  static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl-nss.so.4", "libcurl.so"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    void *library = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
    if (library) return library;
  }
  return NULL;
}

static const char *fill_table(void) {
  void *library = open_library();
  if (!library) return "libcurl is not installed: apt install libcurl4";
#define LOOK_UP(name) \
  if (!(*(void **)&libcurl.name = dlsym(library, #name))) return "libcurl lacks " #name;
  FUNCTIONS(LOOK_UP)
  const curl_version_info_data *version = libcurl.curl_version_info(CURLVERSION_NOW);
  if (version->version_num < 0x075000) return too_old(version->version);
  if (libcurl.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return "libcurl could not be initialised";
  return NULL;
}

static void load_once(void) { load_problem = fill_table(); }

const char *ccurl_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load_once);
  return load_problem;
}

const char *ccurl_version(void) { return libcurl.curl_version_info(CURLVERSION_NOW)->version; }

const char *ccurl_default_ca_path(void) { return libcurl.curl_version_info(CURLVERSION_NOW)->capath; }

CURL *ccurl_easy_init(void) { return libcurl.curl_easy_init(); }
void ccurl_easy_reset(CURL *easy) { libcurl.curl_easy_reset(easy); }
void ccurl_easy_cleanup(CURL *easy) { libcurl.curl_easy_cleanup(easy); }
CURLcode ccurl_easy_pause(CURL *easy, int bitmask) { return libcurl.curl_easy_pause(easy, bitmask); }
const char *ccurl_easy_strerror(CURLcode code) { return libcurl.curl_easy_strerror(code); }

CURLcode ccurl_easy_set_long(CURL *easy, CURLoption option, long value) {
  return libcurl.curl_easy_setopt(easy, option, value);
}
CURLcode ccurl_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
  return libcurl.curl_easy_setopt(easy, option, value);
}
CURLcode ccurl_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
  return libcurl.curl_easy_setopt(easy, option, value);
}
CURLcode ccurl_easy_set_string(CURL *easy, CURLoption option, const char *value) {
  return libcurl.curl_easy_setopt(easy, option, value);
}
CURLcode ccurl_easy_set_write_callback(CURL *easy, CURLoption option, curl_write_callback callback) {
  return libcurl.curl_easy_setopt(easy, option, callback);
}
CURLcode ccurl_easy_set_prereq_callback(CURL *easy, curl_prereq_callback callback) {
  return libcurl.curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
}
CURLcode ccurl_easy_allow_only_http(CURL *easy) {
  CURLcode code = libcurl.curl_easy_setopt(easy, (CURLoption)CCURL_OPTION_PROTOCOLS_STR, "http,https");
  if (code != CURLE_UNKNOWN_OPTION) return code;
  return libcurl.curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
}
CURLcode ccurl_easy_get_long(CURL *easy, CURLINFO info, long *value) {
  return libcurl.curl_easy_getinfo(easy, info, value);
}
CURLcode ccurl_easy_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
  return libcurl.curl_easy_getinfo(easy, info, value);
}
CURLcode ccurl_easy_get_pointer(CURL *easy, CURLINFO info, void **value) {
  return libcurl.curl_easy_getinfo(easy, info, value);
}

struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *line) {
  return libcurl.curl_slist_append(list, line);
}
void ccurl_slist_free_all(struct curl_slist *list) { libcurl.curl_slist_free_all(list); }

CURLU *ccurl_url_parse(const char *text) {
  CURLU *url = libcurl.curl_url();
  if (url && libcurl.curl_url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK) return url;
  libcurl.curl_url_cleanup(url);
  return NULL;
}
void ccurl_url_cleanup(CURLU *url) { libcurl.curl_url_cleanup(url); }

CURLM *ccurl_multi_init(void) { return libcurl.curl_multi_init(); }
CURLMcode ccurl_multi_cleanup(CURLM *multi) { return libcurl.curl_multi_cleanup(multi); }
CURLMcode ccurl_multi_add_handle(CURLM *multi, CURL *easy) { return libcurl.curl_multi_add_handle(multi, easy); }
CURLMcode ccurl_multi_remove_handle(CURLM *multi, CURL *easy) { return libcurl.curl_multi_remove_handle(multi, easy); }
CURLMcode ccurl_multi_assign(CURLM *multi, curl_socket_t socket, void *pointer) {
  return libcurl.curl_multi_assign(multi, socket, pointer);
}
CURLMcode ccurl_multi_socket_action(CURLM *multi, curl_socket_t socket, int events, int *running) {
  return libcurl.curl_multi_socket_action(multi, socket, events, running);
}
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return libcurl.curl_multi_setopt(multi, option, value);
}
CURLMcode ccurl_multi_set_socket_callback(CURLM *multi, curl_socket_callback callback, void *context) {
  CURLMcode code = libcurl.curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
  return code ? code : libcurl.curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, callback);
}
CURLMcode ccurl_multi_set_timer_callback(CURLM *multi, curl_multi_timer_callback callback, void *context) {
  CURLMcode code = libcurl.curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
  return code ? code : libcurl.curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, callback);
}
CURL *ccurl_multi_next_done(CURLM *multi, CURLcode *result) {
  int left = 0;
  CURLMsg *message;
  while ((message = libcurl.curl_multi_info_read(multi, &left)))
    if (message->msg == CURLMSG_DONE) {
      *result = message->data.result;
      return message->easy_handle;
    }
  return NULL;
}
