#include "paper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static int complain(struct paper *paper, int reason, struct chiso_message *why)
{
    (void)unlink(paper->draft);
    chiso_message_set(why, "%s cannot be written: %s", paper->path, strerror(reason));
    return CHISO_EIO;
}

int paper_begin(
    struct paper *paper, const char *dir, const char *sub, const char *name, struct chiso_message *why)
{
    snprintf(paper->folder, sizeof paper->folder, "%s/%s", dir, sub);
    snprintf(paper->draft, sizeof paper->draft, "%s/%s/.%s.tmp", dir, sub, name);
    snprintf(paper->path, sizeof paper->path, "%s/%s/%s", dir, sub, name);
    int handle = open(paper->draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
    paper->out = handle < 0 ? NULL : fdopen(handle, "wb");
    if (paper->out == NULL) {
        int reason = errno;
        if (handle >= 0)
            close(handle);
        return complain(paper, reason, why);
    }
    fputs("\xEF\xBB\xBF", paper->out);
    return CHISO_OK;
}

/* A folder's entries are on disk only after this. Network disks may refuse; then they see to it. */
static void sync_folder(const char *path)
{
    int handle = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (handle < 0)
        return;
    (void)fsync(handle);
    close(handle);
}

int paper_end(struct paper *paper, struct chiso_message *why)
{
    errno = EIO; /* of an earlier write, if nothing fails now */
    bool written = fflush(paper->out) == 0 && !ferror(paper->out) && fsync(fileno(paper->out)) == 0;
    int reason = errno;
    if (fclose(paper->out) != 0 && written) {
        written = false;
        reason = errno;
    }
    if (!written)
        return complain(paper, reason, why);
    if (rename(paper->draft, paper->path) != 0)
        return complain(paper, errno, why);
    sync_folder(paper->folder);
    return CHISO_OK;
}

void paper_drop(struct paper *paper)
{
    fclose(paper->out);
    (void)unlink(paper->draft);
}
