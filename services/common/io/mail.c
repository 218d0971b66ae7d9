#include "io/mail.h"
#include "core/utf8.h"
#include "io/mail_text.h"
#include "io/options.h"
#include "io/url.h"
#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONNECT_S 10L
/* Names a file system takes, with room for the temporary one. */
#define FILE_NAME_MAX 240

struct mailer {
    char *folder; /* NULL: mails go by SMTP */
    CURL *curl; /* NULL: mails go into the folder */
    char url[URL_HOST_BYTES + 32];
    bool is_near; /* the mail server is on this machine */
};

static int open_folder(struct mailer *mailer, const char *folder, struct chiso_message *why)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        chiso_message_set(why, "cannot make the mail folder %s: %s", folder, strerror(errno));
        return CHISO_EIO;
    }
    int handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool usable = handle >= 0 && faccessat(handle, ".", W_OK | X_OK, AT_EACCESS) == 0;
    int error = errno;
    if (handle >= 0)
        close(handle);
    if (!usable) {
        chiso_message_set(why, "cannot write into the mail folder %s: %s", folder, strerror(error));
        return CHISO_EIO;
    }
    mailer->folder = strdup(folder);
    return mailer->folder != NULL ? CHISO_OK : CHISO_ENOMEM;
}

static int open_smtp(struct mailer *mailer, const char *smtp_url, struct chiso_message *why)
{
    struct url url;

    if (url_parse(smtp_url, "smtp", 25, &url) != CHISO_OK) {
        chiso_message_set(why, "'%s' is not smtp://host:port", smtp_url);
        return CHISO_EINVAL;
    }
    bool v6 = strchr(url.host, ':') != NULL;
    snprintf(mailer->url, sizeof mailer->url, v6 ? "smtp://[%s]:%d" : "smtp://%s:%d", url.host, url.port);
    mailer->is_near = url_is_loopback(&url);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return CHISO_ENOMEM;
    mailer->curl = curl_easy_init();
    if (mailer->curl == NULL) {
        curl_global_cleanup();
        return CHISO_ENOMEM;
    }
    return CHISO_OK;
}

int mailer_open(const char *smtp_url, const char *folder, struct mailer **out, struct chiso_message *why)
{
    struct mailer *mailer = calloc(1, sizeof *mailer);
    int error = CHISO_EINVAL;

    if (mailer == NULL)
        return CHISO_ENOMEM;
    if (smtp_url != NULL && smtp_url[0] != '\0')
        error = open_smtp(mailer, smtp_url, why);
    else if (folder != NULL && folder[0] != '\0')
        error = open_folder(mailer, folder, why);
    else
        chiso_message_set(why, "mails need smtp_url or mail_dir");
    if (error != CHISO_OK) {
        mailer_close(mailer);
        return error;
    }
    *out = mailer;
    return CHISO_OK;
}

void mailer_close(struct mailer *mailer)
{
    if (mailer == NULL)
        return;
    if (mailer->curl != NULL) {
        curl_easy_cleanup(mailer->curl);
        curl_global_cleanup();
    }
    free(mailer->folder);
    free(mailer);
}

/* Nothing that comes from figures or catalogue may add a header or a recipient. */
static int check(const struct mail *mail, struct chiso_message *why)
{
    if (!mail_is_address(mail->from))
        chiso_message_set(why, "'%s' is not a mail address to send from", mail->from);
    else if (!mail_is_address(mail->to))
        chiso_message_set(why, "'%s' is not a mail address to send to", mail->to);
    else if (!mail_is_message_id(mail->message_id))
        chiso_message_set(why, "'%s' is not a message id", mail->message_id);
    else if (!mail_is_line(mail->to_name))
        chiso_message_set(why, "the name '%s' is not one line of UTF-8", mail->to_name);
    else if (!mail_is_line(mail->subject) || mail->subject[0] == '\0')
        chiso_message_set(why, "the subject '%s' is not one line of UTF-8", mail->subject);
    else if (!utf8_is_valid(mail->body, strlen(mail->body)))
        chiso_message_set(why, "the body for '%s' is not UTF-8", mail->to);
    else
        return CHISO_OK;
    return CHISO_EINVAL;
}

/* By SMTP. */

static bool add_header(
    struct curl_slist **headers, const char *name, const char *before, const char *value, const char *after)
{
    char *line = NULL;

    if (value == NULL || asprintf(&line, "%s: %s%s%s", name, before, value, after) < 0)
        return false;
    struct curl_slist *longer = curl_slist_append(*headers, line);
    free(line);
    if (longer != NULL)
        *headers = longer;
    return longer != NULL;
}

/* A name in ASCII is a phrase or a quoted string, any other one encoded-words. */
static bool add_recipient(struct curl_slist **headers, const struct mail *mail)
{
    bool ascii = true;

    for (const char *at = mail->to_name; *at != '\0'; at++)
        ascii = ascii && (unsigned char)*at < 0x80;
    char *address = NULL, *name = ascii ? mail_quote_name(mail->to_name) : mail_encode_words(mail->to_name);
    bool done = name != NULL && asprintf(&address, "%s<%s>", name[0] != '\0' ? "\r\n " : "", mail->to) >= 0 &&
                add_header(headers, "To", "", name, address);
    free(address);
    free(name);
    return done;
}

static bool add_headers(struct curl_slist **headers, const struct mail *mail)
{
    char date[MAIL_DATE_BYTES], *subject = mail_encode_words(mail->subject);

    mail_print_date(mail->date, date);
    bool done = add_header(headers, "Date", "", date, "") &&
                add_header(headers, "From", "<", mail->from, ">") && add_recipient(headers, mail) &&
                add_header(headers, "Message-ID", "<", mail->message_id, ">") &&
                add_header(headers, "Auto-Submitted", "", "auto-generated", "") &&
                add_header(headers, "Subject", "", subject, "");
    free(subject);
    return done;
}

/* Lines end in CRLF on the wire. */
static char *with_crlf(const char *body)
{
    char *out = malloc(2 * strlen(body) + 1), *to = out;

    if (out == NULL)
        return NULL;
    for (const char *from = body; *from != '\0'; from++) {
        if (*from == '\r' && from[1] == '\n')
            continue;
        if (*from == '\n')
            *to++ = '\r';
        *to++ = *from;
    }
    *to = '\0';
    return out;
}

static curl_mime *make_mime(CURL *curl, const char *body)
{
    curl_mime *mime = curl_mime_init(curl);
    char *text = with_crlf(body);

    if (mime != NULL && text != NULL) {
        curl_mimepart *part = curl_mime_addpart(mime);
        if (part != NULL && curl_mime_data(part, text, CURL_ZERO_TERMINATED) == CURLE_OK &&
            curl_mime_type(part, "text/plain; charset=utf-8") == CURLE_OK &&
            curl_mime_encoder(part, "quoted-printable") == CURLE_OK) {
            free(text);
            return mime;
        }
    }
    free(text);
    curl_mime_free(mime);
    return NULL;
}

/* A permanent refusal (5xx) is not worth another try; anything else is. */
static int perform(struct mailer *mailer, const char *problem, struct chiso_message *why)
{
    long answer = 0;
    CURLcode result = curl_easy_perform(mailer->curl);

    if (result == CURLE_OK)
        return CHISO_OK;
    curl_easy_getinfo(mailer->curl, CURLINFO_RESPONSE_CODE, &answer);
    chiso_message_set(
        why, "mail server %s: %s", mailer->url, problem[0] != '\0' ? problem : curl_easy_strerror(result));
    if (result == CURLE_OUT_OF_MEMORY)
        return CHISO_ENOMEM;
    return answer >= 500 && answer < 600 ? CHISO_EREFUSED : CHISO_EIO;
}

/* A program that is to stop does not wait for a silent server, unless the mail is already on its way: then it
 * would not know whether it has arrived. */
static int look_for_stop(
    void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
    (void)context;
    (void)down_total;
    (void)down;
    (void)up_total;
    return options_stop && up == 0;
}

static int send_by_smtp(struct mailer *mailer, const struct mail *mail, struct chiso_message *why)
{
    CURL *curl = mailer->curl;
    char problem[CURL_ERROR_SIZE] = "";
    struct curl_slist *headers = NULL, *recipients = curl_slist_append(NULL, mail->to);
    curl_mime *mime = NULL;
    int error = CHISO_ENOMEM;

    curl_easy_reset(curl); /* keeps the connection */
    if (recipients == NULL || !add_headers(&headers, mail) || (mime = make_mime(curl, mail->body)) == NULL)
        goto done;
    curl_easy_setopt(curl, CURLOPT_URL, mailer->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp");
    /* No proxy from the environment: the mail server is where the configuration says. */
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, mailer->is_near ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)MAIL_SEND_S);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_for_stop);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, problem);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, mail->from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_MIMEPOST, mime);
    error = perform(mailer, problem, why);
done:
    curl_mime_free(mime);
    curl_slist_free_all(headers);
    curl_slist_free_all(recipients);
    return error;
}

/* Into the folder. */

/* MESSAGE_ID as a file name: what is not a letter, digit, '.', '-', '_' or '@' as %XX, so that two ids are
 * never one file. */
static bool print_name(const char *message_id, char out[FILE_NAME_MAX])
{
    size_t used = 0;

    for (const char *at = message_id; *at != '\0'; at++) {
        unsigned char character = (unsigned char)*at;
        if (used + 4 >= FILE_NAME_MAX - 4)
            return false;
        if (isalnum(character) || (strchr("-_@.", character) != NULL && !(character == '.' && used == 0)))
            out[used++] = (char)character;
        else
            used += (size_t)snprintf(out + used, 4, "%%%02X", character);
    }
    memcpy(out + used, ".eml", 5);
    return true;
}

static char *print_mail(const struct mail *mail)
{
    char date[MAIL_DATE_BYTES], *text = NULL, *name = mail_quote_name(mail->to_name);

    mail_print_date(mail->date, date);
    if (name != NULL &&
        asprintf(&text,
            "Date: %s\nFrom: <%s>\nTo: %s%s<%s>\nMessage-ID: <%s>\nAuto-Submitted: auto-generated\nSubject: "
            "%s\n"
            "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
            "8bit\n\n%s%s",
            date, mail->from, name, name[0] != '\0' ? " " : "", mail->to, mail->message_id, mail->subject,
            mail->body, mail->body[0] != '\0' && mail->body[strlen(mail->body) - 1] == '\n' ? "" : "\n") < 0)
        text = NULL;
    free(name);
    return text;
}

static bool write_whole(int handle, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        ssize_t written = write(handle, text, left);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        text += written;
        left -= (size_t)written;
    }
    return fsync(handle) == 0;
}

/* Whole or not at all: a temporary file in FOLDER, on disk, then renamed. */
static bool put_file(int folder, const char *name, const char *text)
{
    char temporary[FILE_NAME_MAX + 8];

    snprintf(temporary, sizeof temporary, ".%s.new", name);
    int handle = openat(folder, temporary, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (handle < 0)
        return false;
    bool written = write_whole(handle, text);
    int error = errno;
    if (close(handle) != 0 && written) {
        written = false;
        error = errno;
    }
    if (written && renameat(folder, temporary, folder, name) == 0)
        return fsync(folder) == 0;
    if (written)
        error = errno;
    unlinkat(folder, temporary, 0);
    errno = error;
    return false;
}

static int send_to_folder(struct mailer *mailer, const struct mail *mail, struct chiso_message *why)
{
    char name[FILE_NAME_MAX], *text;

    if (!print_name(mail->message_id, name)) {
        chiso_message_set(why, "the message id '%s' is too long for a file name", mail->message_id);
        return CHISO_EINVAL;
    }
    if ((text = print_mail(mail)) == NULL)
        return CHISO_ENOMEM;
    int folder = open(mailer->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), error = CHISO_OK;
    if (folder < 0 || !put_file(folder, name, text)) {
        chiso_message_set(why, "cannot write the mail %s/%s: %s", mailer->folder, name, strerror(errno));
        error = CHISO_EIO;
    }
    if (folder >= 0)
        close(folder);
    free(text);
    return error;
}

bool mailer_shows_repeats(const struct mailer *mailer)
{
    return mailer->folder == NULL;
}

int mailer_send(struct mailer *mailer, const struct mail *mail, struct chiso_message *why)
{
    int error = check(mail, why);

    if (error != CHISO_OK)
        return error;
    error = mailer->folder != NULL ? send_to_folder(mailer, mail, why) : send_by_smtp(mailer, mail, why);
    if (error == CHISO_ENOMEM)
        chiso_message_set(why, "no memory");
    return error;
}
