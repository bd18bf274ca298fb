// Fills one table of functions from the system's libedit, and calls through it.
#include "cedit.h"

#include <dlfcn.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTIONS(X) \
  X(el_init) X(el_end) X(el_gets) X(el_set) X(el_get) X(el_wset) X(el_source) X(el_line) X(el_insertstr) \
  X(el_deletestr) X(el_cursor) X(el_push) X(el_resize) X(history_init) X(history_end) X(history)

#define MEMBER(name) __typeof__(name) *name;
static struct { FUNCTIONS(MEMBER) } libedit;

struct cedit {
  EditLine *line;
  History *history;
  FILE *nowhere;
  cedit_host host;
};

enum { most_remembered = 1000 };

static const char *load_problem;

static const char *fill_table(void) {
  void *library = dlopen("libedit.so.2", RTLD_LAZY | RTLD_LOCAL);
  if (!library) library = dlopen("libedit.so.0", RTLD_LAZY | RTLD_LOCAL);
  if (!library) return "libedit is not installed: apt install libedit2";
#define LOOK_UP(name) \
  if (!(*(void **)&libedit.name = dlsym(library, #name))) return "libedit lacks " #name;
  FUNCTIONS(LOOK_UP)
  return NULL;
}

static void load_once(void) { load_problem = fill_table(); }

const char *cedit_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load_once);
  return load_problem;
}

int cedit_use_utf8(void) {
  static const char *const names[] = {"", "C.UTF-8", "C.utf8", "en_US.UTF-8"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (setlocale(LC_CTYPE, names[i]) && strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return 1;
  return 0;
}

static cedit *editor_of(EditLine *line) {
  cedit *editor = NULL;
  libedit.el_get(line, EL_CLIENTDATA, &editor);
  return editor;
}

static int read_character(EditLine *line, wchar_t *character) {
  cedit *editor = editor_of(line);
  int32_t scalar = editor->host.read(editor->host.context);
  if (scalar < 0) return -1;
  *character = (wchar_t)scalar;
  return 1;
}

static char *prompt(EditLine *line) {
  cedit *editor = editor_of(line);
  return (char *)editor->host.prompt(editor->host.context);
}

#define EACH_NUMBER(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
#define ACTION(number) \
  static unsigned char act_##number(EditLine *line, int key) { \
    cedit *editor = editor_of(line); \
    (void)key; \
    return (unsigned char)editor->host.act(editor->host.context, number); \
  }
EACH_NUMBER(ACTION)
#define NAME(number) act_##number,
typedef unsigned char (*action)(EditLine *, int);
static const action actions[CEDIT_MOST_FUNCTIONS] = {EACH_NUMBER(NAME)};

static void open_history(cedit *editor) {
  HistEvent event;
  editor->history = libedit.history_init();
  if (!editor->history) return;
  libedit.history(editor->history, &event, H_SETSIZE, (int)most_remembered);
  libedit.history(editor->history, &event, H_SETUNIQUE, 1);
  libedit.el_set(editor->line, EL_HIST, libedit.history, editor->history);
}

cedit *cedit_open(const char *program, const cedit_host *host, int keeps_history) {
  cedit *editor = calloc(1, sizeof *editor);
  if (!editor) return NULL;
  editor->host = *host;
  // What it says of a terminal it does not know is no news to the person before it.
  editor->nowhere = fopen("/dev/null", "we");
  editor->line = libedit.el_init(program, stdin, stdout, editor->nowhere ? editor->nowhere : stderr);
  if (!editor->line) {
    cedit_close(editor);
    return NULL;
  }
  libedit.el_set(editor->line, EL_CLIENTDATA, editor);
  libedit.el_set(editor->line, EL_SIGNAL, 0);
  libedit.el_set(editor->line, EL_EDITOR, "emacs");
  libedit.el_set(editor->line, EL_PROMPT_ESC, prompt, '\1');
  libedit.el_wset(editor->line, EL_GETCFN, read_character);
  // Enter and Ctrl-J stay apart, and Ctrl-S is a key like any other.
  libedit.el_set(editor->line, EL_SETTY, "-d", "-icrnl", "-inlcr", "-ixon", NULL);
  if (keeps_history) open_history(editor);
  return editor;
}

void cedit_close(cedit *editor) {
  if (editor->line) libedit.el_end(editor->line);
  if (editor->history) libedit.history_end(editor->history);
  if (editor->nowhere) fclose(editor->nowhere);
  free(editor);
}

void cedit_add_function(cedit *editor, int number, const char *name) {
  if (number < 0 || number >= CEDIT_MOST_FUNCTIONS) return;
  libedit.el_set(editor->line, EL_ADDFN, name, name, actions[number]);
}

void cedit_bind(cedit *editor, const char *keys, const char *function) {
  libedit.el_set(editor->line, EL_BIND, keys, function, NULL);
}

void cedit_read_user_file(cedit *editor) { libedit.el_source(editor->line, NULL); }

const char *cedit_read_line(cedit *editor) {
  int count = 0;
  return libedit.el_gets(editor->line, &count);
}

const char *cedit_text(cedit *editor, long *length, long *cursor) {
  const LineInfo *info = libedit.el_line(editor->line);
  *length = info->lastchar - info->buffer;
  *cursor = info->cursor - info->buffer;
  return info->buffer;
}

void cedit_insert(cedit *editor, const char *text) { libedit.el_insertstr(editor->line, text); }
void cedit_delete(cedit *editor, int count) { libedit.el_deletestr(editor->line, count); }
void cedit_move(cedit *editor, int count) { libedit.el_cursor(editor->line, count); }
void cedit_push(cedit *editor, const char *keys) { libedit.el_push(editor->line, keys); }
void cedit_ask_for_size(cedit *editor) { libedit.el_resize(editor->line); }
void cedit_refresh(cedit *editor) { libedit.el_set(editor->line, EL_REFRESH); }
void cedit_take_terminal(cedit *editor, int takes) { libedit.el_set(editor->line, EL_PREP_TERM, takes); }

void cedit_remember(cedit *editor, const char *line) {
  HistEvent event;
  if (editor->history) libedit.history(editor->history, &event, H_ENTER, line);
}
