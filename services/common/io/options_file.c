#include "io/option_keys.h"
#include <cyaml/cyaml.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* A configuration is a few lines; more is not one. */
#define FILE_BYTES_MAX ((size_t)64 * 1024)
#define KEYS_MAX 32

struct source {
    const char *file;
    char *bytes;
    size_t length;
};

static int read_source(const char *file, struct source *out, struct chiso_message *why)
{
    FILE *stream = fopen(file, "rbe");
    int error = CHISO_OK;

    if (stream == NULL) {
        chiso_message_set(why, "%s: %s", file, strerror(errno));
        return CHISO_EINVAL;
    }
    *out = (struct source){.file = file, .bytes = malloc(FILE_BYTES_MAX + 1)};
    if (out->bytes == NULL) {
        chiso_message_set(why, "no memory");
        error = CHISO_ENOMEM;
        goto done;
    }
    out->length = fread(out->bytes, 1, FILE_BYTES_MAX + 1, stream);
    if (ferror(stream)) {
        chiso_message_set(why, "%s: %s", file, strerror(errno));
        error = CHISO_EINVAL;
    } else if (out->length > FILE_BYTES_MAX) {
        chiso_message_set(why, "%s: more than %zu bytes, not a configuration", file, FILE_BYTES_MAX);
        error = CHISO_EINVAL;
    }
done:
    fclose(stream);
    return error;
}

/* libcyaml says what is wrong but not always where (it names the line of the key *before* an unknown one), so
 * the place is looked up with libyaml, on which it is built: the line of the key that VISIT picks, or of the
 * syntax error. 1-based; 0: nothing picked. */
struct place {
    size_t line;
    bool syntax; /* LINE is that of a syntax error, PROBLEM what it is */
    size_t second_document; /* its line; 0: there is one document only */
    char problem[128];
};

/* One pass over the top-level keys. SEEN counts the occurrences of KEY before the one that is picked. */
static struct place find_key(const struct source *source, const char *key, int occurrence)
{
    struct place place = {0};
    yaml_parser_t parser;
    yaml_event_t event;
    int depth = 0, seen = 0, documents = 0;
    bool key_next = true, end = false;

    if (!yaml_parser_initialize(&parser))
        return place;
    yaml_parser_set_input_string(&parser, (const unsigned char *)source->bytes, source->length);
    while (!end && place.line == 0) {
        if (!yaml_parser_parse(&parser, &event)) {
            place.line =
                (parser.problem_mark.line > 0 ? parser.problem_mark.line : parser.context_mark.line) + 1;
            place.syntax = true;
            snprintf(place.problem, sizeof place.problem, "%s", parser.problem != NULL ? parser.problem : "");
            break;
        }
        if (event.type == YAML_DOCUMENT_START_EVENT && documents++ == 1)
            place.second_document = event.start_mark.line + 1;
        bool opens = event.type == YAML_MAPPING_START_EVENT || event.type == YAML_SEQUENCE_START_EVENT;
        bool closes = event.type == YAML_MAPPING_END_EVENT || event.type == YAML_SEQUENCE_END_EVENT;
        if (depth == 1 && key_next && event.type == YAML_SCALAR_EVENT &&
            strcmp((const char *)event.data.scalar.value, key) == 0 && seen++ == occurrence)
            place.line = event.start_mark.line + 1;
        depth -= closes;
        if (depth == 1 && (closes || event.type == YAML_SCALAR_EVENT || event.type == YAML_ALIAS_EVENT))
            key_next = !key_next;
        depth += opens;
        end = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return place;
}

/* What libcyaml logs about a failure. */
struct complaint {
    char text[256]; /* the first line */
    char field[64]; /* the key it was reading, from its backtrace */
};

static void note(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
    static const char prefix[] = "Load: ", in_field[] = "  in mapping field '";
    struct complaint *complaint = context;
    char line[256];

    if (level < CYAML_LOG_ERROR)
        return;
    vsnprintf(line, sizeof line, format, arguments);
    line[strcspn(line, "\n")] = '\0';
    if (strncmp(line, in_field, sizeof in_field - 1) == 0) {
        char *name = line + sizeof in_field - 1;
        name[strcspn(name, "'")] = '\0';
        snprintf(complaint->field, sizeof complaint->field, "%.*s", (int)sizeof complaint->field - 1, name);
    } else if (complaint->text[0] == '\0') {
        const char *text = strncmp(line, prefix, sizeof prefix - 1) == 0 ? line + sizeof prefix - 1 : line;
        memmove(complaint->text, text, strlen(text) + 1);
    }
}

/* libcyaml's complaint as one sentence with the line. */
static void explain(const struct source *source, cyaml_err_t error, const struct complaint *complaint,
    struct chiso_message *why)
{
    static const char unknown[] = "Unexpected key: ", again[] = "Mapping field already seen: ";
    const char *text = complaint->text;
    struct place place = find_key(source, "", -1);

    if (place.syntax) {
        chiso_message_set(why, "%s:%zu: not YAML: %s", source->file, place.line, place.problem);
    } else if (strncmp(text, unknown, sizeof unknown - 1) == 0) {
        const char *key = text + sizeof unknown - 1;
        chiso_message_set(why, "%s:%zu: unknown key '%s'", source->file, find_key(source, key, 0).line, key);
    } else if (strncmp(text, again, sizeof again - 1) == 0) {
        const char *key = text + sizeof again - 1;
        chiso_message_set(
            why, "%s:%zu: '%s' stands there twice", source->file, find_key(source, key, 1).line, key);
    } else if (complaint->field[0] != '\0') {
        size_t line = find_key(source, complaint->field, 0).line;
        const char *what = error == CYAML_ERR_STRING_LENGTH_MAX ? "is too long" : "must have one plain value";
        chiso_message_set(why, "%s:%zu: %s %s", source->file, line, complaint->field, what);
    } else {
        chiso_message_set(why, "%s:1: must be lines of the form 'key: value'", source->file);
    }
}

static int check_values(const struct program *program, const struct source *source, struct options *values,
    struct chiso_message *why)
{
    for (size_t i = 0; i < option_key_count; i++) {
        const struct option_key *key = &option_keys[i];
        const char *value = *option_value(values, key);
        if (!option_key_is_used(program, key) || value == NULL)
            continue;
        const char *wrong = key->check(value);
        if (wrong != NULL) {
            size_t line = find_key(source, key->name, 0).line;
            chiso_message_set(why, "%s:%zu: %s %s, not '%s'", source->file, line, key->name, wrong, value);
            return CHISO_EINVAL;
        }
    }
    return CHISO_OK;
}

/* libcyaml's description of a flat mapping with the keys that PROGRAM uses. */
static void describe(const struct program *program, cyaml_schema_field_t fields[KEYS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < option_key_count && count < KEYS_MAX - 1; i++)
        if (option_key_is_used(program, &option_keys[i]))
            fields[count++] = (cyaml_schema_field_t){.key = option_keys[i].name,
                .data_offset = (uint32_t)option_keys[i].offset,
                .value = {CYAML_VALUE_STRING(
                    CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, char, 0, OPTION_VALUE_BYTES_MAX)}};
    fields[count] = (cyaml_schema_field_t)CYAML_FIELD_END;
}

/* Nothing but comments and blank lines: a configuration that says nothing. libcyaml refuses that. */
static bool says_nothing(const struct source *source)
{
    bool comment = false;

    for (size_t i = 0; i < source->length; i++) {
        char character = source->bytes[i];
        if (character == '\n')
            comment = false;
        else if (character == '#')
            comment = true;
        else if (!comment && strchr(" \t\r", character) == NULL)
            return false;
    }
    return true;
}

int options_file_load(
    const struct program *program, const char *file, struct options *out, struct chiso_message *why)
{
    cyaml_schema_field_t fields[KEYS_MAX];
    struct complaint complaint = {0};
    struct source source = {0};
    struct options *values = NULL;
    const cyaml_schema_value_t schema = {CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct options, fields)};
    const cyaml_config_t config = {.log_fn = note,
        .log_ctx = &complaint,
        .log_level = CYAML_LOG_ERROR,
        .mem_fn = cyaml_mem,
        .flags = CYAML_CFG_NO_ALIAS};
    int error = read_source(file, &source, why);

    if (error != CHISO_OK || says_nothing(&source))
        goto done;
    size_t second = find_key(&source, "", -1).second_document;
    if (second > 0) {
        /* libcyaml would read the first and leave the others out without a word. */
        chiso_message_set(why, "%s:%zu: a second document begins; a configuration is one", file, second);
        error = CHISO_EINVAL;
        goto done;
    }
    describe(program, fields);
    cyaml_err_t failure = cyaml_load_data((const uint8_t *)source.bytes, source.length, &config, &schema,
        (cyaml_data_t **)(void *)&values, NULL);
    if (failure != CYAML_OK) {
        explain(&source, failure, &complaint, why);
        error = failure == CYAML_ERR_OOM ? CHISO_ENOMEM : CHISO_EINVAL;
        goto done;
    }
    error = check_values(program, &source, values, why);
    if (error == CHISO_OK) {
        /* libcyaml allocates with realloc(3), as options_release frees. */
        *out = *values;
        memset(values, 0, sizeof *values);
    }
    cyaml_free(&config, &schema, values, 0);
done:
    free(source.bytes);
    return error;
}
