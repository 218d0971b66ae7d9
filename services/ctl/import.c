/* chisoctl import: a CSV of figures on the way that all figures take. The work is chiso-publisher's, which lies
 * beside this program: one decision on every figure, whoever brings it. */
#include "ctl.h"

#include "io/options.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_BYTES 4096

static void print_help(void)
{
    printf(
        "Usage: chisoctl import FILE.csv [options of chiso-publisher]\n\n"
        "Sends a CSV of figures (chisoctl export, or history from before chiso) through the broker, as a\n"
        "unit would: each figure is checked and decided on, a repeat is a duplicate, a lower revision is\n"
        "superseded, and every verdict is printed. It is chiso-publisher --csv FILE.csv --once, which\n"
        "lies beside this program, with the same options, of which --catalogue DIR (the centre's folder)\n"
        "and --mqtt URL are what it takes. What came late is late: the time of the first acceptance is now.\n"
        "For a centre as it was, with its times and its journal, use chisoctl replay.\n\n"
        "Exit status: 0 all are accepted or there already, 1 failed or refused, 64 wrong usage, 78 wrong\n"
        "configuration.\n");
}

/* The program beside this one. */
static int find(char out[PATH_BYTES])
{
    static const char name[] = "chiso-publisher";
    ssize_t length = readlink("/proc/self/exe", out, PATH_BYTES - sizeof name);
    if (length <= 0)
        return -1;
    out[length] = '\0';
    char *slash = strrchr(out, '/');
    memcpy(slash ? slash + 1 : out, name, sizeof name);
    return 0;
}

int command_import(int argc, char **argv)
{
    char path[PATH_BYTES];
    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        print_help();
        return EXIT_OK;
    }
    if (argc < 2 || argv[1][0] == '-') {
        fprintf(stderr, "chisoctl import: the file comes first\nTry 'chisoctl import --help'.\n");
        return EXIT_USAGE;
    }
    char **words = calloc((size_t)argc + 3, sizeof *words);
    char csv[] = "--csv", once[] = "--once";
    if (words && find(path) == 0) {
        words[0] = path, words[1] = csv, words[2] = argv[1], words[3] = once;
        for (int i = 2; i < argc; i++)
            words[i + 2] = argv[i];
        (void)execv(path, words);
    }
    fprintf(
        stderr, "chisoctl import: cannot start chiso-publisher beside this program: %s\n", strerror(errno));
    free(words);
    return EXIT_RUNTIME;
}
