#include "former.h"

#include "core/boundaries.h"
#include <stdio.h>
#include <stdlib.h>

struct gathering {
    const struct catalogue *catalogue;
    uint32_t province;
    struct formers formers;
};

static int add_former(void *context, uint32_t province)
{
    struct gathering *g = context;
    if (province == g->province)
        return CHISO_OK;
    struct former *moved = realloc(g->formers.list, (g->formers.count + 1) * sizeof *moved);
    if (!moved)
        return CHISO_ENOMEM;
    g->formers.list = moved;
    struct former *former = &moved[g->formers.count++];
    *former = (struct former){.unit = province};
    (void)snprintf(former->code, sizeof former->code, "%s", catalogue_unit_code(g->catalogue, province));
    return CHISO_OK;
}

int formers_find(const struct catalogue *catalogue, uint32_t province, chiso_day today, struct formers *out)
{
    struct gathering g = {.catalogue = catalogue, .province = province};
    int error = boundaries_provinces_until(catalogue, province, today, add_former, &g);
    if (error)
        formers_release(&g.formers);
    else
        *out = g.formers;
    return error;
}

uint32_t formers_home(const struct catalogue *catalogue, uint32_t unit, chiso_day today)
{
    size_t count;
    const struct unit_row *rows = catalogue_unit_rows(catalogue, unit, &count), *row = &rows[0];
    for (size_t i = 1; i < count && rows[i].from <= today; i++)
        row = &rows[i];
    return catalogue_province_at(catalogue, unit, unit_row_valid(row, today) ? today : row->to);
}

void formers_release(struct formers *formers)
{
    free(formers->list);
    *formers = (struct formers){0};
}
