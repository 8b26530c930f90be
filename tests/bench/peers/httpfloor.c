/* SPDX-License-Identifier: GPL-3.0-or-later */
/* httpfloor.c: the least an HTTP/1.1 keep-alive server on loopback can do: epoll, one thread per core, a fixed reply.
 * build: gcc -O2 httpfloor.c -o httpfloor -pthread ; run: httpfloor PORT THREADS SECONDS */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
static int port;
static const char R[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 19\r\n\r\n{\"prediction\":0.12}";
static void *w(void *a) {
    (void)a;
    int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, 4);
    setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &one, 4);
    struct sockaddr_in sa = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(s, (void *)&sa, sizeof sa) || listen(s, 512)) { perror("bind"); exit(1); }
    int e = epoll_create1(0);
    struct epoll_event ev = {.events = EPOLLIN, .data.fd = s}, evs[64];
    epoll_ctl(e, EPOLL_CTL_ADD, s, &ev);
    char b[65536];
    for (;;) {
        int n = epoll_wait(e, evs, 64, -1);
        for (int i = 0; i < n; i++) {
            int f = evs[i].data.fd;
            if (f == s) { int c = accept4(s, 0, 0, SOCK_NONBLOCK); if (c >= 0) { setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, 4); ev.data.fd = c; epoll_ctl(e, EPOLL_CTL_ADD, c, &ev); } continue; }
            ssize_t r = read(f, b, sizeof b);
            if (r <= 0) close(f); else if (write(f, R, sizeof R - 1) < 0) close(f);
        }
    }
}
int main(int c, char **v) {
    (void)c; port = atoi(v[1]); int t = atoi(v[2]); alarm(atoi(v[3]));
    pthread_t p; for (int i = 0; i < t; i++) pthread_create(&p, 0, w, 0);
    pause();
}
