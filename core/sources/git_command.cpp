// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/git_command.h"

#include <QProcess>

namespace pilothouse::sources {

Result<GitAnswer> runGit(const QString &folder, const QStringList &arguments) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char *variable : {"GIT_TERMINAL_PROMPT", "GIT_OPTIONAL_LOCKS"})
        environment.insert(QString::fromLatin1(variable), QStringLiteral("0"));
    environment.insert(QStringLiteral("GIT_NO_LAZY_FETCH"), QStringLiteral("1"));
    environment.insert(QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8"));
    process.setProcessEnvironment(environment);
    process.setProgram(QStringLiteral("git"));
    process.setArguments(QStringList{QStringLiteral("-C"), folder} + arguments);
    process.start(QIODevice::ReadOnly);
    if (!process.waitForStarted())
        return Error{ErrorKind::Unreachable, QStringLiteral("git could not be started."), {}, QStringLiteral("Install git."), process.errorString()};
    if (!process.waitForFinished(60000)) {
        process.kill();
        process.waitForFinished();
        return Error{ErrorKind::TimedOut, QStringLiteral("git did not answer within a minute."), folder, {}, {}};
    }
    return GitAnswer{process.exitStatus() == QProcess::NormalExit ? process.exitCode() : 128, process.readAllStandardOutput(), QString::fromUtf8(process.readAllStandardError()).trimmed()};
}

} // namespace pilothouse::sources
