#include "core/landing.h"

#include <assert.h>

#define SLOPES_MAX (LANDING_WINDOWS_MAX * (LANDING_WINDOWS_MAX - 1) / 2)

/* A dozen days, or their 66 slopes. */
static void sort(mpq_t values[], size_t count)
{
    for (size_t i = 1; i < count; i++) {
        for (size_t k = i; k > 0 && mpq_cmp(values[k - 1], values[k]) > 0; k--)
            mpq_swap(values[k - 1], values[k]);
    }
}

void landing_median(mpq_t values[], size_t count, mpq_t out)
{
    assert(count > 0);
    sort(values, count);
    mpq_add(out, values[(count - 1) / 2], values[count / 2]);
    mpq_div_2exp(out, out, 1);
}

/* In SLOPES; returns how many. */
static size_t set_slopes(const struct landing_point points[], size_t count, mpq_t slopes[])
{
    size_t n = 0;
    mpq_t days;
    mpq_init(days);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i + 1; k < count; k++) {
            mpq_sub(slopes[n], points[k].figure, points[i].figure);
            mpq_set_si(days, (long)points[k].day - points[i].day, 1);
            mpq_div(slopes[n], slopes[n], days);
            n++;
        }
    }
    mpq_clear(days);
    return n;
}

/* Medians of days and figures. */
static void set_middle(const struct landing_point points[], size_t count, mpq_t day, mpq_t figure)
{
    mpq_t values[LANDING_WINDOWS_MAX];
    for (size_t i = 0; i < count; i++) {
        mpq_init(values[i]);
        mpq_set_si(values[i], points[i].day, 1);
    }
    landing_median(values, count, day);
    for (size_t i = 0; i < count; i++)
        mpq_set(values[i], points[i].figure);
    landing_median(values, count, figure);
    for (size_t i = 0; i < count; i++)
        mpq_clear(values[i]);
}

bool landing_project(const struct landing_point points[], size_t count, chiso_day due, struct landing *out)
{
    mpq_t slopes[SLOPES_MAX], way, figure;
    if (count < LANDING_WINDOWS_MIN || count > LANDING_WINDOWS_MAX)
        return false;
    mpq_inits(way, figure, NULL);
    for (size_t i = 0; i < SLOPES_MAX; i++)
        mpq_init(slopes[i]);
    size_t n = set_slopes(points, count, slopes);
    set_middle(points, count, way, figure);
    mpq_set_si(out->value, due, 1);
    mpq_sub(way, out->value, way);
    landing_median(slopes, n, out->value);
    landing_median(slopes, n / 2, out->low);
    landing_median(slopes + (n + 1) / 2, n / 2, out->high);
    mpq_ptr const ends[] = {out->value, out->low, out->high};
    for (size_t i = 0; i < 3; i++) {
        mpq_mul(ends[i], ends[i], way);
        mpq_add(ends[i], ends[i], figure);
    }
    if (mpq_cmp(out->low, out->high) > 0)
        mpq_swap(out->low, out->high);
    for (size_t i = 0; i < SLOPES_MAX; i++)
        mpq_clear(slopes[i]);
    mpq_clears(way, figure, NULL);
    return true;
}
