#pragma once
// What Swift cannot call: variadic functions, and a header that its C library module leaves out.
#include <sqlite3.h>
#include <sys/prctl.h>
#include <sys/vfs.h>

/// Closing the last connection then leaves the write-ahead log as it is. Gives a result code.
static inline int sqlite_leave_log_on_close(sqlite3 *database) {
  return sqlite3_db_config(database, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

/// SQLite then counts no memory, for which it takes a lock at each allocation; before anything else is asked of it.
static inline void sqlite_count_no_memory(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/// The magic number of the file system that holds `path` (statfs(2)), or -1.
static inline long file_system_type(const char *path) {
  struct statfs status;
  return statfs(path, &status) == 0 ? (long)(unsigned int)status.f_type : -1;
}

/// Gives the calling thread a name of at most 15 bytes (prctl(2)), for those who look at what the process does.
static inline void name_this_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
