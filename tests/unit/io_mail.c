#include "io/mail.h"
#include "io/mail_text.h"
#include "server.h"

static struct server server;
static struct mailer *mailer;
static struct chiso_message why;

static const struct mail good = {.from = "chiso@hanam.example",
    .to = "an@hanam.example",
    .to_name = "Nguyễn Văn An, Sở Tư pháp",
    .subject =
        "Chậm chỉ tiêu: Tỷ lệ hồ sơ nộp trực tuyến đạt 64,0%, thấp hơn mức phải đạt 70,0% vào 31/03/2025",
    .body = "Kính gửi ông An,\n\nTỷ lệ: 64,0%.\n.\nDòng sau dấu chấm\n",
    .message_id = "35.stp.tthc.online.2025-Q1.7@chiso",
    .date = 1746406800000};

static void setup(void)
{
    server_folder(server.folder);
    cr_assert_eq(chdir(server.folder), 0);
}

static void cleanup(void)
{
    mailer_close(mailer);
    server_remove(&server);
}

static const char *contents(const char *path)
{
    static char text[8192];
    FILE *file = fopen(path, "r");

    cr_assert_not_null(file, "%s", path);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

TestSuite(mail, .init = setup, .fini = cleanup, .timeout = 60);

Test(mail, a_file_is_readable_text)
{
    cr_assert_eq(mailer_open("", "mail", &mailer, &why), 0, "%s", why.text);
    cr_assert_eq(mailer_send(mailer, &good, &why), 0, "%s", why.text);
    cr_expect_str_eq(contents("mail/35.stp.tthc.online.2025-Q1.7@chiso.eml"),
        "Date: Mon, 05 May 2025 08:00:00 +0700\n"
        "From: <chiso@hanam.example>\n"
        "To: \"Nguyễn Văn An, Sở Tư pháp\" <an@hanam.example>\n"
        "Message-ID: <35.stp.tthc.online.2025-Q1.7@chiso>\n"
        "Auto-Submitted: auto-generated\n"
        "Subject: Chậm chỉ tiêu: Tỷ lệ hồ sơ nộp trực tuyến đạt 64,0%, thấp hơn mức phải đạt 70,0% vào "
        "31/03/2025\n"
        "MIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\n"
        "Content-Transfer-Encoding: 8bit\n"
        "\n"
        "Kính gửi ông An,\n\nTỷ lệ: 64,0%.\n.\nDòng sau dấu chấm\n");
    cr_expect_eq(system("test \"$(ls -A mail | wc -l)\" = 1"), 0, "a temporary file is left");
}

Test(mail, ids_become_file_names_and_the_same_mail_replaces_itself)
{
    struct mail mail = good;

    cr_assert_eq(mailer_open(NULL, "mail", &mailer, &why), 0);
    mail.message_id = ".35|a/../b%@chiso";
    mail.to_name = "";
    mail.body = "first";
    cr_assert_eq(mailer_send(mailer, &mail, &why), 0, "%s", why.text);
    mail.body = "second";
    cr_assert_eq(mailer_send(mailer, &mail, &why), 0);
    const char *text = contents("mail/%2E35%7Ca%2F..%2Fb%25@chiso.eml");
    cr_expect_not_null(strstr(text, "\nTo: <an@hanam.example>\n"));
    cr_expect_not_null(strstr(text, "\n\nsecond\n"));
}

Test(mail, a_folder_that_cannot_be_written)
{
    server_write(server.folder, "file", "");
    cr_expect_eq(mailer_open(NULL, "file", &mailer, &why), CHISO_EIO);
    cr_expect_str_eq(why.text, "cannot write into the mail folder file: Not a directory");
    cr_expect_eq(mailer_open(NULL, "no/where", &mailer, &why), CHISO_EIO);
    cr_expect_str_eq(why.text, "cannot make the mail folder no/where: No such file or directory");
    cr_expect_eq(mailer_open("", NULL, &mailer, &why), CHISO_EINVAL);
    cr_expect_str_eq(why.text, "mails need smtp_url or mail_dir");
    cr_assert_eq(mailer_open(NULL, "mail", &mailer, &why), 0);
    cr_expect_eq(system("rmdir mail"), 0);
    cr_expect_eq(mailer_send(mailer, &good, &why), CHISO_EIO);
    cr_expect_str_eq(why.text,
        "cannot write the mail mail/35.stp.tthc.online.2025-Q1.7@chiso.eml: No such file or directory");
}

static void refuses(struct mail mail, const char *sentence)
{
    cr_expect_eq(mailer_send(mailer, &mail, &why), CHISO_EINVAL, "%s", sentence);
    cr_expect_str_eq(why.text, sentence);
}

Test(mail, refuses_what_would_inject)
{
    struct mail mail;

    cr_assert_eq(mailer_open(NULL, "mail", &mailer, &why), 0);
    mail = good, mail.subject = "a\r\nBcc: x@y";
    refuses(mail, "the subject 'a??Bcc: x@y' is not one line of UTF-8");
    mail = good, mail.subject = "";
    refuses(mail, "the subject '' is not one line of UTF-8");
    mail = good, mail.subject = "\xFF";
    refuses(mail, "the subject '?' is not one line of UTF-8");
    mail = good, mail.to_name = "a\nb";
    refuses(mail, "the name 'a?b' is not one line of UTF-8");
    mail = good, mail.to = "an@hanam.example\r\nBcc: x@y.z";
    refuses(mail, "'an@hanam.example??Bcc: x@y.z' is not a mail address to send to");
    mail = good, mail.to = "an@hanam.example>, <x@y.z";
    refuses(mail, "'an@hanam.example>, <x@y.z' is not a mail address to send to");
    mail = good, mail.from = "nobody";
    refuses(mail, "'nobody' is not a mail address to send from");
    mail = good, mail.message_id = "a b@c";
    refuses(mail, "'a b@c' is not a message id");
    mail = good, mail.message_id = "a>\r\nX: y@c";
    refuses(mail, "'a>??X: y@c' is not a message id");
    mail = good, mail.body = "\xC3";
    refuses(mail, "the body for 'an@hanam.example' is not UTF-8");
    cr_expect_eq(system("rmdir mail"), 0, "something was written");
}

Test(mail, addresses)
{
    static const char *const yes[] = {
        "a@b", "first.last@sub.domain.example", "o'hara+tag@x-y.example", "1@2.3"};
    static const char *const no[] = {"", "@", "a@", "@b", "a", "a@b@c", ".a@b", "a.@b", "a..b@c", "a@.b",
        "a@b.", "a@b..c", "a@-b", "a b@c", "a@b c", "\"a\"@b", "a@[127.0.0.1]", "a,b@c", "đ@b", "a@đ",
        "a@b\n", "<a@b>"};

    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        cr_expect(mail_is_address(yes[i]), "%s", yes[i]);
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        cr_expect(!mail_is_address(no[i]), "%s", no[i]);
}

static void encodes(const char *text, const char *expected)
{
    char *got = mail_encode_words(text);

    cr_expect_str_eq(got, expected);
    free(got);
}

Test(mail, encoded_words)
{
    encodes("", "");
    encodes("Plain subject", "Plain subject");
    encodes("=?x?=", "=?UTF-8?B?PT94Pz0=?=");
    encodes("Tỷ lệ", "=?UTF-8?B?VOG7tyBs4buH?=");
    encodes("ệ", "=?UTF-8?B?4buH?=");
    /* 38 bytes, then a character of three: it moves to the second word whole. */
    encodes("12345678901234567890123456789012345678ệ",
        "=?UTF-8?B?MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg=?=\r\n =?UTF-8?B?4buH?=");
}

Test(mail, encoded_words_keep_to_75_characters_and_whole_characters)
{
    char text[400] = "", *got;

    for (size_t length = 1; length < 120; length++) {
        strcat(text, length % 3 == 0 ? "ệ" : length % 3 == 1 ? "x" : "😀");
        got = mail_encode_words(text);
        for (char *line = strtok(got, "\r\n"); line != NULL; line = strtok(NULL, "\r\n"))
            cr_expect_leq(strlen(line), length < 2 ? 100 : 75 + 1, "%s", line);
        free(got);
    }
}

Test(mail, dates_are_vietnams)
{
    char out[MAIL_DATE_BYTES];

    mail_print_date(0, out);
    cr_expect_str_eq(out, "Thu, 01 Jan 1970 07:00:00 +0700");
    mail_print_date(1735664399999, out);
    cr_expect_str_eq(out, "Tue, 31 Dec 2024 23:59:59 +0700");
}

static void start_smtp(void)
{
    char address[32];

    server.port = server_free_port();
    snprintf(address, sizeof address, "127.0.0.1:%d", server.port);
    server_start(&server, (const char *[]){"/usr/bin/python3", "-m", "aiosmtpd", "-n", "-l", address, "-c",
                              "aiosmtpd.handlers.Mailbox", "box", NULL});
}

/* What a mail program shows of the newest mail, by Python's email package. */
static const char show[] =
    "import email, email.policy, glob\n"
    "raw = open(sorted(glob.glob('box/new/*'))[-1], 'rb').read()\n"
    "assert raw.isascii() and all(len(l) <= 76 for l in raw.split(b'\\n') if b'=?' in l), raw\n"
    "m = email.message_from_bytes(raw, policy=email.policy.default)\n"
    "assert not m.defects, m.defects\n"
    "b = m.get_body(('plain',))\n"
    "for n in ('From', 'To', 'Subject', 'Date', 'Message-ID', 'Auto-Submitted', 'X-MailFrom', 'X-RcptTo'):\n"
    "    assert len(m.get_all(n)) == 1 and not m[n].defects, n\n"
    "    print(n + ':', m[n])\n"
    "print(b.get_content_type(), b.get_content_charset())\n"
    "print(b.get_content(), end='')\n";

Test(mail, by_smtp_arrives_as_it_was_written)
{
    char url[64];

    start_smtp();
    snprintf(url, sizeof url, "smtp://127.0.0.1:%d", server.port);
    cr_assert_eq(mailer_open(url, "unused", &mailer, &why), 0, "%s", why.text);
    cr_assert_eq(mailer_send(mailer, &good, &why), 0, "%s", why.text);
    server_write(server.folder, "show.py", show);
    cr_assert_eq(system("/usr/bin/python3 show.py > shown 2>&1"), 0, "%s", contents("shown"));
    cr_expect_str_eq(contents("shown"), "From: chiso@hanam.example\n"
                                        "To: \"Nguyễn Văn An, Sở Tư pháp\" <an@hanam.example>\n"
                                        "Subject: Chậm chỉ tiêu: Tỷ lệ hồ sơ nộp trực tuyến đạt 64,0%, thấp "
                                        "hơn mức phải đạt 70,0% vào 31/03/2025\n"
                                        "Date: Mon, 05 May 2025 08:00:00 +0700\n"
                                        "Message-ID: <35.stp.tthc.online.2025-Q1.7@chiso>\n"
                                        "Auto-Submitted: auto-generated\n"
                                        "X-MailFrom: chiso@hanam.example\n"
                                        "X-RcptTo: an@hanam.example\n"
                                        "text/plain utf-8\n"
                                        "Kính gửi ông An,\n\nTỷ lệ: 64,0%.\n.\nDòng sau dấu chấm\n");
    cr_expect_eq(system("test -e unused"), 256, "the folder is for when there is no server");

    struct mail plain = good;
    plain.to_name = "An (\"chief\")";
    plain.subject = "Plain";
    plain.body = "";
    usleep(1100000); /* maildir names sort by second */
    cr_assert_eq(mailer_send(mailer, &plain, &why), 0, "%s", why.text);
    cr_assert_eq(system("/usr/bin/python3 show.py > shown 2>&1"), 0, "%s", contents("shown"));
    cr_expect_not_null(
        strstr(contents("shown"), "\nTo: \"An (\\\"chief\\\")\" <an@hanam.example>\nSubject: Plain\n"));
}

Test(mail, says_whether_another_try_is_worth_it)
{
    char url[64];
    struct mail mail = good;

    start_smtp();
    snprintf(url, sizeof url, "smtp://localhost:%d", server.port);
    cr_assert_eq(mailer_open(url, NULL, &mailer, &why), 0);
    server_stop(&server, SIGKILL);
    cr_expect_eq(mailer_send(mailer, &mail, &why), CHISO_EIO);
    cr_expect_eq(strncmp(why.text, "mail server smtp://localhost:", 29), 0, "%s", why.text);
    /* A server that limits the size answers 552 to a long mail. */
    char address[32], *body = calloc(1, 100001);
    snprintf(address, sizeof address, "127.0.0.1:%d", server.port);
    server_start(&server, (const char *[]){"/usr/bin/python3", "-m", "aiosmtpd", "-n", "-s", "1000", "-l",
                              address, "-c", "aiosmtpd.handlers.Mailbox", "box", NULL});
    memset(body, 'x', 100000);
    mail.body = body;
    cr_expect_eq(mailer_send(mailer, &mail, &why), CHISO_EREFUSED, "%s", why.text);
    free(body);
    mail.body = "short";
    cr_expect_eq(mailer_send(mailer, &mail, &why), 0, "%s", why.text);
}

Test(mail, refuses_other_addresses)
{
    cr_expect_eq(mailer_open("http://x", NULL, &mailer, &why), CHISO_EINVAL);
    cr_expect_str_eq(why.text, "'http://x' is not smtp://host:port");
    cr_expect_eq(mailer_open("smtp://u:p@x", NULL, &mailer, &why), CHISO_EINVAL);
}
