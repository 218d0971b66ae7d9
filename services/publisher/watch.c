#include "watch.h"

#include "core/backoff.h"
#include "core/utf8.h"
#include "io/log.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* A name that cannot be used is named now and then, and not at every look. */
#define SAY_EVERY_SCANS 600

/* A name in the folder, and since when it has looked like this. */
struct sighting {
    char name[WATCH_NAME_BYTES_MAX + 1];
    struct stat looks;
    long long since_ms, retry_ms;
    unsigned failures;
};

struct watch {
    char *dir;
    long long settle_ms, scan_ms; /* when to look again */
    unsigned failures, failures_in_a_row;
    struct sighting *list; /* of the last scan, by name */
    size_t count, next; /* from NEXT on not yet offered */
    unsigned scans;
};

/* ---- names ---- */

static bool ends_with(const char *name, const char *ending)
{
    size_t length = strlen(name), wanted = strlen(ending);
    return length > wanted && strcasecmp(name + length - wanted, ending) == 0;
}

static bool is_spreadsheet(const char *name)
{
    return ends_with(name, ".xlsx") || ends_with(name, ".xls") || ends_with(name, ".ods");
}

static bool is_wanted(const char *name, bool say)
{
    if (name[0] == '.' || name[0] == '~' || !(ends_with(name, ".csv") || is_spreadsheet(name)))
        return false;
    if (strlen(name) <= WATCH_NAME_BYTES_MAX && utf8_is_valid(name, strlen(name)))
        return true;
    if (say)
        log_warning("file_name_not_usable", "name=%s bytes_max=%d", log_quoted(name), WATCH_NAME_BYTES_MAX);
    return false;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct sighting *)a)->name, ((const struct sighting *)b)->name);
}

/* ---- looking ---- */

static bool is_same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* The time of change is set by every write and by nobody's wish, unlike that of modification. */
static bool looks_the_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size && is_same_time(a->st_mtim, b->st_mtim) &&
           is_same_time(a->st_ctim, b->st_ctim);
}

static struct sighting *find(const struct watch *watch, const char *name)
{
    struct sighting key = {.failures = 0};
    snprintf(key.name, sizeof key.name, "%s", name);
    return watch->count == 0 ? NULL : bsearch(&key, watch->list, watch->count, sizeof key, by_name);
}

static struct sighting sight(const struct watch *watch, const char *name, struct stat looks, long long now_ms)
{
    struct sighting seen = {.looks = looks, .since_ms = now_ms};
    snprintf(seen.name, sizeof seen.name, "%s", name);
    const struct sighting *before = find(watch, name);
    return before != NULL && looks_the_same(&before->looks, &looks) ? *before : seen;
}

static int read_folder(
    struct watch *watch, DIR *folder, struct sighting *list, size_t *count, long long now_ms)
{
    const struct dirent *entry;
    struct stat looks;
    bool say = watch->scans++ % SAY_EVERY_SCANS == 0;
    errno = 0;
    while ((entry = readdir(folder)) != NULL && *count < WATCH_FILES_MAX) {
        if (is_wanted(entry->d_name, say) &&
            fstatat(dirfd(folder), entry->d_name, &looks, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(looks.st_mode))
            list[(*count)++] = sight(watch, entry->d_name, looks, now_ms);
        errno = 0;
    }
    return errno;
}

/* Somebody may have removed the folders for results, or put another disk in the folder's place. A link there
 * would let those who put files in have this program write elsewhere. */
static int make_folders(DIR *folder)
{
    static const char *const names[] = {WATCH_DONE, WATCH_REFUSED};
    struct stat looks;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (mkdirat(dirfd(folder), names[i], 0777) != 0 && errno != EEXIST)
            return errno;
        if (fstatat(dirfd(folder), names[i], &looks, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(looks.st_mode))
            return ELOOP;
    }
    return 0;
}

static int scan(struct watch *watch, long long now_ms, struct chiso_message *why)
{
    size_t count = 0;
    struct sighting *list = malloc(WATCH_FILES_MAX * sizeof *list);
    DIR *folder = opendir(watch->dir);
    int reason = folder == NULL ? errno : list == NULL ? ENOMEM : make_folders(folder);
    if (reason == 0)
        reason = read_folder(watch, folder, list, &count, now_ms);
    if (folder != NULL)
        closedir(folder);
    if (reason != 0) {
        free(list);
        chiso_message_set(why, "folder %s cannot be used: %s", watch->dir, strerror(reason));
        return CHISO_EIO;
    }
    qsort(list, count, sizeof *list, by_name);
    free(watch->list);
    watch->list = list;
    watch->count = count;
    watch->next = 0;
    return CHISO_OK;
}

static uint32_t random_number(void)
{
    uint32_t number = 0;
    return getrandom(&number, sizeof number, GRND_NONBLOCK) == (ssize_t)sizeof number ? number : 25;
}

static long long retry_at(unsigned failures, long long now_ms)
{
    return now_ms + backoff_ms(WATCH_RETRY_FIRST_MS, WATCH_RETRY_MAX_MS, failures, random_number());
}

static int look_again(struct watch *watch, long long now_ms, struct chiso_message *why)
{
    int error = scan(watch, now_ms, why);
    if (error == CHISO_OK) {
        watch->failures_in_a_row = 0;
        watch->scan_ms = now_ms + WATCH_SCAN_MS;
    } else {
        watch->failures++;
        watch->scan_ms = retry_at(watch->failures_in_a_row++, now_ms);
        watch->next = watch->count; /* nothing is offered meanwhile */
    }
    return error;
}

/* ---- offering ---- */

/* The kernel grants a read lease only on a file that nobody has open for writing. Where it cannot say (a file
 * of another user, a network's disk) the settling time has to do. */
static bool is_being_written(int handle)
{
    if (fcntl(handle, F_SETLEASE, F_RDLCK) == 0) {
        (void)fcntl(handle, F_SETLEASE, F_UNLCK);
        return false;
    }
    return errno == EAGAIN;
}

void watch_identity(int handle, char out[OUTBOX_NAME_BYTES])
{
    struct stat looks;
    out[0] = '\0';
    if (fstat(handle, &looks) == 0)
        snprintf(out, OUTBOX_NAME_BYTES, "%llu %lld %lld.%09ld", (unsigned long long)looks.st_ino,
            (long long)looks.st_size, (long long)looks.st_mtim.tv_sec, looks.st_mtim.tv_nsec);
}

/* CHISO_ENOTFOUND: it is not complete after all, or gone. */
static int offer(struct watch *watch, struct sighting *seen, long long now_ms, struct watch_file *out)
{
    char path[OUTBOX_NAME_BYTES + 4096];
    struct stat looks;
    FILE *stream = NULL;
    snprintf(path, sizeof path, "%s/%s", watch->dir, seen->name);
    int handle = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (handle < 0) {
        if (errno != ENOENT)
            log_error(
                "file_not_readable", "file=%s why=%s", log_quoted(seen->name), log_quoted(strerror(errno)));
        seen->retry_ms = retry_at(seen->failures++, now_ms);
        return CHISO_ENOTFOUND;
    }
    if (fstat(handle, &looks) == 0 && looks_the_same(&looks, &seen->looks) && !is_being_written(handle))
        stream = fdopen(handle, "rb");
    if (stream == NULL) {
        close(handle);
        seen->since_ms = now_ms;
        return CHISO_ENOTFOUND;
    }
    *out = (struct watch_file){.is_csv = !is_spreadsheet(seen->name), .stream = stream};
    snprintf(out->name, sizeof out->name, "%s", seen->name);
    watch_identity(handle, out->identity);
    return CHISO_OK;
}

int watch_next(struct watch *watch, long long now_ms, struct watch_file *out, struct chiso_message *why)
{
    int error = now_ms < watch->scan_ms ? CHISO_OK : look_again(watch, now_ms, why);
    while (error == CHISO_OK && watch->next < watch->count) {
        struct sighting *seen = &watch->list[watch->next++];
        if (now_ms - seen->since_ms >= watch->settle_ms && now_ms >= seen->retry_ms &&
            offer(watch, seen, now_ms, out) == CHISO_OK)
            return CHISO_OK;
    }
    return error != CHISO_OK ? error : CHISO_ENOTFOUND;
}

void watch_defer(struct watch *watch, const char *name, long long now_ms)
{
    struct sighting *seen = find(watch, name);
    if (seen != NULL)
        seen->retry_ms = retry_at(seen->failures++, now_ms);
}

/* ---- life ---- */

int watch_open(const char *dir, long long settle_ms, struct watch **out, struct chiso_message *why)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL || (watch->dir = strdup(dir)) == NULL) {
        free(watch);
        chiso_message_set(why, "no memory");
        return CHISO_ENOMEM;
    }
    watch->settle_ms = settle_ms;
    /* What the kernel sends to the holder of a lease when somebody wants to write; we hold it for an instant
     * only. */
    signal(SIGIO, SIG_IGN);
    int error = scan(watch, 0, why);
    if (error == CHISO_OK && access(dir, W_OK) != 0) {
        chiso_message_set(why, "folder %s cannot be used: %s", dir, strerror(errno));
        error = CHISO_EIO;
    }
    if (error != CHISO_OK) {
        watch_close(watch);
        return error;
    }
    watch->count = watch->next = 0; /* the first look is the first sighting */
    *out = watch;
    return CHISO_OK;
}

void watch_close(struct watch *watch)
{
    if (watch == NULL)
        return;
    free(watch->list);
    free(watch->dir);
    free(watch);
}

unsigned watch_failures(const struct watch *watch)
{
    return watch->failures;
}
