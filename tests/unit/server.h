/* Real servers for the adapter tests: each test starts its own on a free loopback port in a directory of its
 * own, and they die with the test process, however that ends. */
#ifndef TEST_SERVER_H
#define TEST_SERVER_H

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct server {
    pid_t pid;
    int port;
    char folder[64];
};

static inline int server_free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    cr_assert_eq(bind(handle, (struct sockaddr *)&address, length), 0);
    cr_assert_eq(getsockname(handle, (struct sockaddr *)&address, &length), 0);
    close(handle);
    return ntohs(address.sin_port);
}

static inline void server_folder(char out[64])
{
    snprintf(out, 64, "/tmp/chiso-test-XXXXXX");
    cr_assert_not_null(mkdtemp(out));
}

static inline void server_write(const char *folder, const char *name, const char *text)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(text, file);
    fclose(file);
}

static inline bool server_answers(int port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answers = connect(handle, (struct sockaddr *)&address, sizeof address) == 0;

    close(handle);
    return answers;
}

/* Waits until the Unix socket NAME in the server's folder answers: Redis opens its port before it. */
static inline void server_wait_for_socket(const struct server *server, const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    bool answers = false;

    snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", server->folder, name);
    for (int i = 0; i < 500 && !answers; i++) {
        int handle = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        answers = connect(handle, (struct sockaddr *)&address, sizeof address) == 0;
        close(handle);
        if (!answers)
            usleep(10000);
    }
    cr_assert(answers, "%s does not answer, see %s/log", address.sun_path, server->folder);
}

/* Starts ARGV and waits until its port answers. */
static inline void server_start(struct server *server, const char *const argv[])
{
    server->pid = fork();
    if (server->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int log = chdir(server->folder) == 0 ? open("log", O_CREAT | O_WRONLY | O_APPEND, 0600) : -1;
        dup2(log, 1);
        dup2(log, 2);
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    for (int i = 0; i < 500 && !server_answers(server->port); i++)
        usleep(10000);
    cr_assert(server_answers(server->port), "%s does not answer, see %s/log", argv[0], server->folder);
}

static inline void server_stop(struct server *server, int with_signal)
{
    if (server->pid > 0) {
        kill(server->pid, with_signal);
        kill(server->pid, SIGCONT);
        waitpid(server->pid, NULL, 0);
    }
    server->pid = 0;
}

static inline void server_remove(struct server *server)
{
    char command[128];

    server_stop(server, SIGKILL);
    snprintf(command, sizeof command, "rm -rf '%s'", server->folder);
    cr_expect_eq(system(command), 0);
}

#endif
