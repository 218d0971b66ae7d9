/* chisoctl check-catalogue: what a clerk runs before sending a change. All findings in one run. */
#include "ctl.h"

#include "session.h"
#include <stdio.h>
#include <stdlib.h>

static const struct program program = {
    .name = "chisoctl check-catalogue",
    .usage = "DIR [options]",
    .summary =
        "Checks the CSV files of a catalogue folder and prints every error and warning with file, line and\n"
        "column. Exit status 1 when there is an error; warnings alone are 0.",
};

int command_check_catalogue(int argc, char **argv)
{
    struct session session;
    struct chiso_message why = {""};
    struct catalogue_files files;
    struct catalogue_findings findings = {0};
    const char *folder = NULL;
    int status = session_start(&session, &program, argc, argv, &folder);
    if (status != SESSION_ON)
        return session_end(&session, status);
    if (!folder)
        return session_end(&session, session_fail(&session, EXIT_USAGE, "the folder is missing"));
    if (catalogue_files_read(folder, &files, &why))
        return session_end(&session, session_fail(&session, EXIT_RUNTIME, "%s", why.text));

    int error = catalogue_load(files.files, files.count, &session.catalogue, &findings);
    char *text = catalogue_findings_text(&findings);
    if (text)
        fputs(text, stdout);
    if (!text || error == CHISO_ENOMEM)
        (void)session_fail(&session, EXIT_RUNTIME, "no memory");
    status = error || !text ? EXIT_RUNTIME : EXIT_OK;
    free(text);
    catalogue_findings_release(&findings);
    catalogue_files_release(&files);
    return session_end(&session, status);
}
