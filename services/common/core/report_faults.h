/* What is wrong with a file of figures, all of it in one run, each fault with its place. */
#ifndef CORE_REPORT_FAULTS_H
#define CORE_REPORT_FAULTS_H

#include <chiso/error.h>
#include <stddef.h>

/* A person reads them; more are counted only. */
#define REPORT_FAULTS_MAX 1000

struct report_fault {
    size_t line, column;
    char text[CHISO_MESSAGE_BYTES];
};

struct report_faults {
    size_t count, omitted, capacity;
    struct report_fault *list;
};

/* Without memory the fault is counted as omitted. */
void report_faults_add(struct report_faults *faults, size_t line, size_t column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* By line, then column. */
void report_faults_sort(struct report_faults *faults);
void report_faults_release(struct report_faults *faults);

#endif
