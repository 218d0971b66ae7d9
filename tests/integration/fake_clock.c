/* Preloaded into a service: the wall clock plus the seconds that the file of FAKE_CLOCK says, read at every look. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int clock_gettime(clockid_t which, struct timespec *out)
{
    int (*real)(clockid_t, struct timespec *);
    *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(which, out);
    const char *path = getenv("FAKE_CLOCK");
    FILE *file = which == CLOCK_REALTIME && path ? fopen(path, "r") : NULL;
    long seconds = 0;
    if (file && fscanf(file, "%ld", &seconds) == 1)
        out->tv_sec += seconds;
    if (file)
        fclose(file);
    return result;
}
