// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/secret_input.h"

#include <cerrno>
#include <cstdio>
#include <termios.h>
#include <unistd.h>

namespace pilothouse {

Result<QString> readSecret() {
    termios before{};
    const bool terminal = ::isatty(STDIN_FILENO) && ::tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        termios silent = before;
        silent.c_lflag &= ~tcflag_t(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
        std::fprintf(stderr, "Secret (not shown): ");
    }
    QByteArray line;
    char byte = 0;
    ssize_t n = 0;
    while (line.size() < 65536 && ((n = ::read(STDIN_FILENO, &byte, 1)) > 0 || (n < 0 && errno == EINTR)))
        if (n > 0) {
            if (byte == '\n')
                break;
            line += byte;
        }
    if (terminal) {
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        std::fprintf(stderr, "\n");
    }
    if (line.endsWith('\r'))
        line.chop(1);
    if (line.isEmpty())
        return invalid(QStringLiteral("No secret came on standard input."), {}, QStringLiteral("Pipe it in: … | pilot connect add NAME … --secret-from-stdin"));
    return QString::fromUtf8(line);
}

} // namespace pilothouse
