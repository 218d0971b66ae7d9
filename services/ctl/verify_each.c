/* Provinces side by side, a process each, as many at a time as there are processors: they share nothing but the
 * catalogue, and a process's memory is given back as a whole. What each prints comes out in the provinces'
 * order. */
#include "verify_each.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Beyond this Redis, which has one thread, is what is waited for. */
#define AT_ONCE_MAX 8

struct outcome {
    int status; /* SESSION_ON: all was looked at */
    size_t leaves, totals, scores, differences;
};

/* A province that is being looked at, or was. */
struct child {
    pid_t pid;
    FILE *out; /* what it prints; deleted when it is closed */
    bool ended;
    int wait_status;
};

struct run {
    const struct session *session;
    const uint32_t *provinces;
    size_t count;
    verify_one *one;
    void *context;
    struct verification *v;
    struct outcome *outcomes; /* shared with the children */
    struct child *children;
    size_t started, running;
};

static size_t at_once(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : processors > AT_ONCE_MAX ? AT_ONCE_MAX : (size_t)processors;
}

static void add(struct verification *v, const struct outcome *outcome)
{
    v->leaves += outcome->leaves;
    v->totals += outcome->totals;
    v->scores += outcome->scores;
    v->differences += outcome->differences;
}

/* In the child. It has the parent's connection to Redis and must not use it. */
static _Noreturn void look(const struct run *run, size_t which)
{
    struct verification *v = run->v;
    redis_disconnect(run->session->redis);
    v->leaves = v->totals = v->scores = v->differences = 0;
    int status = run->one(run->session, run->provinces[which], run->context, v);
    run->outcomes[which] = (struct outcome){status, v->leaves, v->totals, v->scores, v->differences};
    _exit(fflush(stdout) == 0 ? 0 : 1);
}

static int start(struct run *run)
{
    struct child child = {.out = tmpfile()};
    pid_t parent = getpid();
    (void)fflush(stdout);
    child.pid = child.out ? fork() : -1;
    if (child.pid == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
            dup2(fileno(child.out), STDOUT_FILENO) >= 0)
            look(run, run->started);
        _exit(1);
    }
    if (child.pid < 0) {
        if (child.out)
            fclose(child.out);
        return session_fail(run->session, EXIT_RUNTIME, "no process for another province");
    }
    run->children[run->started++] = child;
    run->running++;
    return SESSION_ON;
}

static void wait_for_one(struct run *run)
{
    int wait_status;
    pid_t pid = waitpid(-1, &wait_status, 0);
    for (size_t i = 0; i < run->started; i++) {
        struct child *child = &run->children[i];
        if (child->ended || child->pid != pid)
            continue;
        child->ended = true;
        child->wait_status = wait_status;
        run->running--;
    }
}

static void copy(FILE *from)
{
    char bytes[4096];
    size_t length;
    rewind(from);
    while ((length = fread(bytes, 1, sizeof bytes, from)) > 0)
        (void)fwrite(bytes, 1, length, stdout);
    fclose(from);
}

/* Tells what the child found that has ended. */
static int finish(struct run *run, size_t which)
{
    const struct child *child = &run->children[which];
    copy(child->out);
    if (!WIFEXITED(child->wait_status) || WEXITSTATUS(child->wait_status) != 0)
        return session_fail(run->session, EXIT_RUNTIME, "the process that looked at province %s died",
            catalogue_unit_code(run->session->catalogue, run->provinces[which]));
    add(run->v, &run->outcomes[which]);
    return run->outcomes[which].status;
}

static int look_at_all(struct run *run)
{
    size_t width = at_once(), told = 0;
    int status = SESSION_ON;
    for (;;) {
        while (status == SESSION_ON && run->started < run->count && run->running < width)
            status = start(run);
        if (run->running == 0)
            return status;
        wait_for_one(run);
        for (; told < run->started && run->children[told].ended; told++) {
            int found = finish(run, told);
            status = status == SESSION_ON ? found : status;
        }
    }
}

int verify_each(const struct session *session, const uint32_t provinces[], size_t count, verify_one *one,
    void *context, struct verification *v)
{
    int status = SESSION_ON;
    if (count < 2 || at_once() < 2) {
        for (size_t i = 0; i < count && status == SESSION_ON; i++)
            status = one(session, provinces[i], context, v);
        return status;
    }
    size_t bytes = count * sizeof(struct outcome);
    struct run run = {session, provinces, count, one, context, v, NULL, NULL, 0, 0};
    run.children = calloc(count, sizeof *run.children);
    /* cppcheck-suppress invalidFunctionArg */
    run.outcomes = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (run.children && run.outcomes != MAP_FAILED)
        status = look_at_all(&run);
    else
        status = session_fail(session, EXIT_RUNTIME, "no memory");
    if (run.outcomes != MAP_FAILED)
        munmap(run.outcomes, bytes);
    free(run.children);
    return status;
}
