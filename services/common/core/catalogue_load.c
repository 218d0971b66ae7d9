/* The order of loading: every step may refer to what the steps before it know. */
#include "core/catalogue_load.h"

#include <assert.h>
#include <stdlib.h>

static void (*const steps[])(struct loader *) = {
    load_units,
    load_successions,
    load_pillars,
    load_indicators,
    load_obligations,
    load_indices,
    load_components,
    load_rules,
    load_holidays,
    load_milestones,
    load_targets,
    check_milestones,
    load_publishers,
    load_contacts,
};

static int load(struct loader *loader, const struct catalogue_file files[], size_t count)
{
    int error = tables_read(loader, files, count);
    if (error != CHISO_OK)
        return error;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && !loader->out_of_memory; i++)
        steps[i](loader);
    return loader->out_of_memory ? CHISO_ENOMEM : CHISO_OK;
}

int catalogue_load_within(size_t memory_max, const struct catalogue_file files[], size_t count,
    struct catalogue **out, struct catalogue_findings *findings)
{
    struct loader loader = {.findings = findings, .scratch.limit = memory_max};
    size_t first = findings->count, errors = findings->errors;
    loader.catalogue = calloc(1, sizeof *loader.catalogue);
    if (loader.catalogue == NULL)
        return CHISO_ENOMEM;
    loader.catalogue->memory.limit = memory_max;
    int error = load(&loader, files, count);
    tables_release(&loader);
    memory_release(&loader.scratch);
    findings_sort(findings, first);
    if (error == CHISO_OK && findings->errors > errors)
        error = CHISO_EINVAL;
    if (error == CHISO_OK)
        *out = loader.catalogue;
    else
        catalogue_free(loader.catalogue);
    return error;
}

int catalogue_load(const struct catalogue_file files[], size_t count, struct catalogue **out,
    struct catalogue_findings *findings)
{
    return catalogue_load_within(CATALOGUE_MEMORY_MAX, files, count, out, findings);
}

void catalogue_free(struct catalogue *catalogue)
{
    if (catalogue == NULL)
        return;
    memory_release(&catalogue->memory);
    free(catalogue);
}
