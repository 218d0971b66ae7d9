#include "io/clock.h"
#include "io/outbox_sql.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define HOLDER_BYTES 160

/* Who holds it, for the next one to read. Nothing depends on it: the kernel's lock is what counts. */
static void sign(int handle)
{
    char holder[HOLDER_BYTES], time[CHISO_TIME_CHARS];
    chiso_instant_print(clock_wall(), time);
    int length = snprintf(holder, sizeof holder, "process %ld, since %s", (long)getpid(), time);
    if (ftruncate(handle, 0) != 0 || pwrite(handle, holder, (size_t)length, 0) != length)
        return; /* on a full disk it stays unsigned */
}

static int complain(int handle, const char *file, struct chiso_message *why)
{
    char holder[HOLDER_BYTES];
    ssize_t length = pread(handle, holder, sizeof holder - 1, 0);
    holder[length > 0 ? length : 0] = '\0';
    if (length > 0)
        chiso_message_set(why, "outbox %s is in use by another chiso-publisher (%s)", file, holder);
    else
        chiso_message_set(why, "outbox %s is in use by another chiso-publisher", file);
    return CHISO_ECONFLICT;
}

/* The lock file stays: were it removed, two could each hold one of the same name. */
int outbox_lock(const char *file, int *lock, struct chiso_message *why)
{
    char name[OUTBOX_PATH_BYTES];
    int error = CHISO_OK;
    if ((size_t)snprintf(name, sizeof name, "%s.lock", file) >= sizeof name) {
        chiso_message_set(why, "the outbox's name is too long");
        return CHISO_EIO;
    }
    int handle = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (handle < 0) {
        chiso_message_set(why, "outbox %s cannot be opened: %s.lock: %s", file, file, strerror(errno));
        return CHISO_EIO;
    }
    if (flock(handle, LOCK_EX | LOCK_NB) != 0)
        error = complain(handle, file, why);
    if (error != CHISO_OK) {
        close(handle);
        return error;
    }
    sign(handle);
    *lock = handle;
    return CHISO_OK;
}
