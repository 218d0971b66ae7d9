/* Preloaded into a service: the allocation that is counted down to in the file of SCARCE_MEMORY fails, once. Counting begins when
 * libmosquitto asks for the bytes of a message of LARGE_BYTES, so that it is the work on this one that is met. Not counted are
 * those of libraries in which a failure ends the process (hiredis 0.14 writes to NULL, GMP and its allocator abort): that is a kill. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LARGE_BYTES 4000

static volatile uint32_t *countdown;
static bool counts;
static struct {
    const char *name;
    uintptr_t begin, end;
} libraries[] = {
    {"libmosquitto.so", 0, 0}, {"libgmp.so", 0, 0}, {"libgnutls.so", 0, 0}, {"libhiredis.so", 0, 0}};
#define LIBRARIES (sizeof libraries / sizeof *libraries)

static int find_libraries(struct dl_phdr_info *library, size_t size, void *context)
{
    (void)size, (void)context;
    for (size_t s = 0; s < LIBRARIES; s++) {
        for (int i = 0; strstr(library->dlpi_name, libraries[s].name) && i < library->dlpi_phnum; i++) {
            if (library->dlpi_phdr[i].p_type == PT_LOAD && library->dlpi_phdr[i].p_flags & PF_X) {
                libraries[s].begin = library->dlpi_addr + library->dlpi_phdr[i].p_vaddr;
                libraries[s].end = libraries[s].begin + library->dlpi_phdr[i].p_memsz;
            }
        }
    }
    return 0;
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("SCARCE_MEMORY");
    int handle = path ? open(path, O_RDWR) : -1;
    dl_iterate_phdr(find_libraries, NULL);
    void *shared = handle < 0 ? MAP_FAILED : mmap(NULL, 4, PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0);
    close(handle);
    countdown = shared == MAP_FAILED ? NULL : shared;
}

static bool is_in(const void *caller, size_t library)
{
    return (uintptr_t)caller >= libraries[library].begin && (uintptr_t)caller < libraries[library].end;
}

static bool fails(const void *caller, size_t size)
{
    if (!countdown || *countdown == 0)
        return counts = false;
    if (!counts && (size < LARGE_BYTES || !is_in(caller, 0)))
        return false;
    counts = true;
    for (size_t s = 1; s < LIBRARIES; s++) {
        if (is_in(caller, s))
            return false;
    }
    errno = ENOMEM;
    return --*countdown == 0;
}

#define REAL(name, result, ...)                                                                              \
    static result (*real)(__VA_ARGS__);                                                                      \
    if (!real)                                                                                               \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

void *malloc(size_t size)
{
    REAL(malloc, void *, size_t);
    return fails(__builtin_return_address(0), size) ? NULL : real(size);
}

void *calloc(size_t count, size_t size)
{
    REAL(calloc, void *, size_t, size_t);
    return fails(__builtin_return_address(0), count * size) ? NULL : real(count, size);
}

void *realloc(void *before, size_t size)
{
    REAL(realloc, void *, void *, size_t);
    return fails(__builtin_return_address(0), size) ? NULL : real(before, size);
}
