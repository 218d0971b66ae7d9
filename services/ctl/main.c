#include "ctl.h"

#include "io/options.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *summary;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"overview", "figures by province and pillar, with their positions", command_overview},
    {"get", "the figures of a unit for a period", command_get},
    {"score", "a composite index of all units, and their ranks", command_score},
    {"rules", "whether a unit's figures agree with each other", command_rules},
    {"explain", "the reports behind a figure", command_explain},
    {"missing", "who owes a report for a period and has not sent it", command_missing},
    {"timeliness", "how many owed reports are in, and which came on time", command_timeliness},
    {"alerts", "the open alerts", command_alerts},
    {"ledger", "what became of the reports, and which have not arrived", command_ledger},
    {"quarantine", "what was refused, and why", command_quarantine},
    {"boundaries", "what history becomes on a day's boundaries", command_boundaries},
    {"close", "close a period: what changes in it later is a restatement", command_close},
    {"verify", "recompute every total from the figures reported", command_verify},
    {"rebuild", "put figures where a changed catalogue has their units, and sum again", command_rebuild},
    {"archive", "move the journal of closed months to files", command_archive},
    {"replay", "make everything again from the journals, in an empty Redis", command_replay},
    {"export", "the stored figures as a CSV that can be sent again", command_export},
    {"import", "send a CSV of figures", command_import},
    {"check-catalogue", "check a catalogue folder before it is used", command_check_catalogue},
};
#define COMMANDS (sizeof commands / sizeof commands[0])

static void print_help(void)
{
    printf("Usage: chisoctl COMMAND [options]\n\nThe operator's tool of chiso. Commands:\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-16s %s\n", commands[i].name, commands[i].summary);
    printf("\n'chisoctl COMMAND --help' says what a command takes.\n"
           "Exit status: 0 done, 1 failed while running, 64 wrong usage, 78 wrong configuration.\n");
}

/* A full disk must not look like success. Whoever closes the pipe early (head) has seen enough. */
static int finish(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    if (errno != EPIPE)
        fprintf(stderr, "chisoctl: cannot write: %s\n", strerror(errno));
    return status == EXIT_OK ? EXIT_RUNTIME : status;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "chisoctl: a command is missing\nTry 'chisoctl --help'.\n");
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0) {
        print_help();
        return EXIT_OK;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("chisoctl %s\n", CHISO_VERSION);
        return EXIT_OK;
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        char name[64]; /* what getopt begins its sentences with */
        if (strcmp(argv[1], commands[i].name) != 0)
            continue;
        (void)snprintf(name, sizeof name, "chisoctl %s", commands[i].name);
        argv[1] = name;
        return finish(commands[i].run(argc - 1, argv + 1));
    }
    fprintf(stderr, "chisoctl: '%s' is not a command\nTry 'chisoctl --help'.\n", argv[1]);
    return EXIT_USAGE;
}
