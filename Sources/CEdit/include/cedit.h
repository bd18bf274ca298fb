// libedit behind a few plain functions: its own are variadic, and a table that dlopen fills at first use holds them.
// Nothing here may be called before cedit_load() has returned NULL. One thread at a time.
#pragma once
#include <stdint.h>

// A line editor with its history.
typedef struct cedit cedit;

// What a key's function wants done next.
enum {
  CEDIT_NOTHING = 0,
  CEDIT_REFRESH = 4,
  CEDIT_BEEP = 6,
};

enum { CEDIT_MOST_FUNCTIONS = 8 };

typedef struct {
  void *context;
  // The next character as a Unicode scalar value; below 0 when the line is to be given up.
  int32_t (*read)(void *context);
  // What stands before the line; bytes between two \1 take no columns.
  const char *(*prompt)(void *context);
  // Runs the function that cedit_add_function() gave this number.
  int (*act)(void *context, int number);
} cedit_host;

// Loads libedit, once in the life of the process. NULL, or one line that says what is missing.
const char *cedit_load(void);

// Gives characters of the process a UTF-8 meaning, whatever the locale; 0 when the system knows no such locale.
int cedit_use_utf8(void);

// `program` is what ~/.editrc may name before a colon. NULL when there is no memory.
cedit *cedit_open(const char *program, const cedit_host *host, int keeps_history);
void cedit_close(cedit *editor);

// Gives a function of ours (0 and up) a name to bind keys to.
void cedit_add_function(cedit *editor, int number, const char *name);
void cedit_bind(cedit *editor, const char *keys, const char *function);
// Reads ~/.editrc; a missing file is no failure.
void cedit_read_user_file(cedit *editor);

// The line with its line end, valid until the next call; NULL when it was given up or is at its end.
const char *cedit_read_line(cedit *editor);

// The text being edited, not terminated, and its lengths in bytes.
const char *cedit_text(cedit *editor, long *length, long *cursor);
void cedit_insert(cedit *editor, const char *text);
// Deletes that many characters before the cursor.
void cedit_delete(cedit *editor, int count);
// Moves the cursor by that many characters.
void cedit_move(cedit *editor, int count);
// Reads these keys before any that are typed.
void cedit_push(cedit *editor, const char *keys);

void cedit_ask_for_size(cedit *editor);
// Draws the line anew from where the cursor is.
void cedit_refresh(cedit *editor);
// Hands the terminal back as it was found (0), or takes it again (1).
void cedit_take_terminal(cedit *editor, int takes);

void cedit_remember(cedit *editor, const char *line);
