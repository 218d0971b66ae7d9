#include "io/outbox_sql.h"

#include <stdio.h>

static sqlite3_stmt *prepare_figure(struct outbox *outbox, enum outbox_statement which,
    struct outbox_figure figure, struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, which, why);
    if (statement != NULL) {
        outbox_bind_text(statement, 1, figure.unit);
        outbox_bind_text(statement, 2, figure.period);
        outbox_bind_text(statement, 3, figure.indicator);
    }
    return statement;
}

int outbox_last_sent(struct outbox *outbox, struct outbox_figure figure, uint32_t *revision,
    char content[OUTBOX_CONTENT_CHARS], struct chiso_message *why)
{
    sqlite3_stmt *statement = prepare_figure(outbox, OUTBOX_LAST_SENT, figure, why);
    if (statement == NULL)
        return CHISO_EIO;
    int got = outbox_step(outbox, statement, why);
    if (got < 0)
        return got;
    if (got == 0) {
        *revision = 0;
        content[0] = '\0';
        return CHISO_OK;
    }
    const unsigned char *text = sqlite3_column_text(statement, 1);
    *revision = (uint32_t)sqlite3_column_int64(statement, 0);
    snprintf(content, OUTBOX_CONTENT_CHARS, "%s", text == NULL ? "" : (const char *)text);
    sqlite3_reset(statement);
    return CHISO_OK;
}

int outbox_set_sent(struct outbox *outbox, struct outbox_figure figure, uint32_t revision,
    const char *content, struct chiso_message *why)
{
    sqlite3_stmt *statement = prepare_figure(outbox, OUTBOX_SET_SENT, figure, why);
    if (statement == NULL)
        return CHISO_EIO;
    sqlite3_bind_int64(statement, 4, revision);
    outbox_bind_text(statement, 5, content);
    return outbox_step(outbox, statement, why);
}

int outbox_seen(struct outbox *outbox, const char *unit, const char *period, uint32_t *revision,
    struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_SEEN, why);
    if (statement == NULL)
        return CHISO_EIO;
    outbox_bind_text(statement, 1, unit);
    outbox_bind_text(statement, 2, period);
    int got = outbox_step(outbox, statement, why);
    if (got < 0)
        return got;
    *revision = got == 0 ? 0 : (uint32_t)sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return CHISO_OK;
}

int outbox_set_seen(
    struct outbox *outbox, const char *unit, const char *period, uint32_t revision, struct chiso_message *why)
{
    sqlite3_stmt *statement = outbox_prepare(outbox, OUTBOX_SET_SEEN, why);
    if (statement == NULL)
        return CHISO_EIO;
    outbox_bind_text(statement, 1, unit);
    outbox_bind_text(statement, 2, period);
    sqlite3_bind_int64(statement, 3, revision);
    return outbox_step(outbox, statement, why);
}
