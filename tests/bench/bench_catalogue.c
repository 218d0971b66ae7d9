/* How long a service takes to open a catalogue folder: read, check, index, hash. Usage: bench_catalogue FOLDER
 * ROUNDS; prints the milliseconds of each round on a line. */
#include "io/catalogue_folder.h"
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "Usage: bench_catalogue FOLDER ROUNDS\n");
        return 64;
    }
    for (long round = strtol(argv[2], NULL, 10); round > 0; round--) {
        struct catalogue *catalogue = NULL;
        struct chiso_message why;
        char hash[CATALOGUE_HASH_CHARS];
        double begin = now_ms();
        if (catalogue_open(argv[1], NULL, &catalogue, hash, &why)) {
            fprintf(stderr, "bench_catalogue: %s\n", why.text);
            return 1;
        }
        printf("%.3f\n", now_ms() - begin);
        catalogue_free(catalogue);
    }
    return 0;
}
