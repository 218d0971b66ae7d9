#include "io/option_keys.h"
#include "io/url.h"
#include <chiso/report.h>
#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static const char *check_mqtt_url(const char *value)
{
    struct url url;

    if (url_parse(value, "mqtt", 1883, &url) == CHISO_OK || url_parse(value, "mqtts", 8883, &url) == CHISO_OK)
        return NULL;
    return "must be mqtt://host:port or mqtts://host:port";
}

static const char *check_redis_url(const char *value)
{
    struct url url;

    if (strncmp(value, "unix:///", 8) == 0 || url_parse(value, "redis", 6379, &url) == CHISO_OK)
        return NULL;
    return "must be unix:///path/of/socket or redis://host:port";
}

static const char *check_smtp_url(const char *value)
{
    struct url url;

    if (*value == '\0' || url_parse(value, "smtp", 25, &url) == CHISO_OK)
        return NULL;
    return "must be smtp://host:port, or empty for none";
}

static const char *check_filled(const char *value)
{
    return *value != '\0' ? NULL : "must not be empty";
}

static const char *check_code(const char *value)
{
    return chiso_code_is_valid(value, CHISO_UNIT_BYTES_MAX)
               ? NULL
               : "must be 1 to 32 letters, digits, dots, dashes or underscores";
}

static bool is_province(const char *text)
{
    return isdigit((unsigned char)text[0]) && isdigit((unsigned char)text[1]);
}

static const char *check_province(const char *value)
{
    return is_province(value) && value[2] == '\0' ? NULL : "must be a province's code of two digits";
}

static const char *check_provinces(const char *value)
{
    for (const char *at = value; is_province(at); at += 3) {
        if (at[2] == '\0')
            return NULL;
        if (at[2] != ',')
            break;
    }
    return "must be provinces' codes of two digits, with commas between them (35,36)";
}

static const char *check_mib(const char *value)
{
    size_t digits = strspn(value, "0123456789");

    return digits > 0 && digits <= 6 && value[digits] == '\0' ? NULL : "must be a number from 0 to 999999";
}

static const char *check_address(const char *value)
{
    const char *at = strchr(value, '@');

    return at != NULL && at != value && at[1] != '\0' ? NULL : "must be a mail address";
}

static const char *check_language(const char *value)
{
    return strcmp(value, "vi") == 0 || strcmp(value, "en") == 0 ? NULL : "must be vi or en";
}

#define REPORT_RATE_MAX 1000000

static const char *check_rate(const char *value)
{
    char *end;
    unsigned long number = strtoul(value, &end, 10);

    return isdigit((unsigned char)value[0]) && *end == '\0' && number >= 1 && number <= REPORT_RATE_MAX
               ? NULL
               : "must be a number of reports from 1 to 1000000";
}

#define KEY(member, flag, argument, fallback, check, help)                                                   \
    {                                                                                                        \
#member, flag, argument, fallback, help, offsetof(struct options, member), check                     \
    }

const struct option_key option_keys[] = {
    KEY(mqtt_url, "mqtt", "URL", "mqtt://127.0.0.1:1883", check_mqtt_url,
        "MQTT broker; beyond this machine mqtts:// with login and CA file"),
    KEY(mqtt_username, "mqtt-username", "NAME", NULL, check_filled, "login at the broker"),
    KEY(mqtt_password_file, "mqtt-password-file", "FILE", NULL, check_filled,
        "its first line is the broker's password"),
    KEY(mqtt_ca_file, "mqtt-ca-file", "FILE", NULL, check_filled,
        "PEM of the authority that signed the broker"),
    KEY(redis_url, "redis", "URL", "redis://127.0.0.1:6379", check_redis_url,
        "Redis: unix:///path/of/socket or redis://host:port"),
    KEY(redis_username, "redis-username", "NAME", NULL, check_filled, "login at Redis"),
    KEY(redis_password_file, "redis-password-file", "FILE", NULL, check_filled,
        "its first line is the password at Redis"),
    KEY(catalogue, "catalogue", "DIR", NULL, check_filled, "folder with the catalogue's CSV files"),
    KEY(archive, "archive", "DIR", NULL, check_filled, "folder with archived journal entries"),
    KEY(provinces, "provinces", "PP,PP", NULL, check_provinces, "provinces to serve (all)"),
    KEY(cache_mib, "cache-mib", "N", "1024", check_mib,
        "MiB of figures kept in memory; the rest is read again"),
    KEY(report_rate, "report-rate", "N", NULL, check_rate,
        "reports a second taken from one publisher (no limit)"),
    KEY(instance, "instance", "NAME", NULL, check_code, "name of this instance in topics and logs"),
    KEY(smtp_url, "smtp", "URL", NULL, check_smtp_url, "mail server; empty: mails become files"),
    KEY(mail_from, "mail-from", "ADDRESS", NULL, check_address, "sender of the mails"),
    KEY(mail_dir, "mail-dir", "DIR", NULL, check_filled, "where mails go when there is no mail server"),
    KEY(lang, "lang", "vi|en", "vi", check_language, "language of the texts"),
    KEY(publisher, "publisher", "NAME", NULL, check_code, "login under which reports go out"),
    KEY(province, "province", "PP", NULL, check_province, "province of the units"),
    KEY(outbox, "outbox", "FILE", NULL, check_filled, "file that keeps reports until they are receipted"),
    KEY(watch, "watch", "DIR", NULL, check_filled,
        "as a service: publish every CSV file put into this folder"),
};
const size_t option_key_count = sizeof option_keys / sizeof option_keys[0];

bool option_key_is_used(const struct program *program, const struct option_key *key)
{
    for (const char *const *name = program->keys; name != NULL && *name != NULL; name++)
        if (strcmp(*name, key->name) == 0)
            return true;
    return false;
}

const char *option_key_default(const struct program *program, const struct option_key *key)
{
    bool has_none = program->no_default != NULL && strcmp(program->no_default, key->name) == 0;
    return has_none ? NULL : key->fallback;
}

char **option_value(struct options *options, const struct option_key *key)
{
    return (char **)(void *)((char *)options + key->offset);
}
