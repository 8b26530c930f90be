// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/run_program.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>

#include <csignal>
#include <mutex>
#include <pwd.h>
#include <unistd.h>

namespace pilothouse {

namespace {

QProcessEnvironment environmentOf(const ProgramCall &call) {
    QProcessEnvironment all = QProcessEnvironment::systemEnvironment();
    for (const QString &key : all.keys())
        if (key.startsWith(QLatin1String("PILOTHOUSE_SECRET"))) // values for us, not for a foreign program
            all.remove(key);
    for (const auto &[key, value] : call.environment)
        all.insert(key, value);
    return all;
}

/// Ends the program and what it started; politely first.
void end(QProcess &process, bool ownSession) {
    const auto pid = pid_t(process.processId());
    for (const int signal : {SIGTERM, SIGKILL}) {
        if (process.state() == QProcess::NotRunning || pid <= 1)
            return;
        ::kill(ownSession ? -pid : pid, signal);
        process.waitForFinished(signal == SIGTERM ? 2000 : 5000);
    }
}

QString loginShell() {
    const QString named = qEnvironmentVariable("SHELL");
    if (!named.isEmpty())
        return named;
    const passwd *entry = ::getpwuid(::getuid());
    return entry && entry->pw_shell && *entry->pw_shell ? QString::fromLocal8Bit(entry->pw_shell) : QStringLiteral("/bin/sh");
}

QString joined(const QString &first, const QString &second) {
    QStringList all;
    for (const QString &folder : (first + QLatin1Char(':') + second).split(QLatin1Char(':'), Qt::SkipEmptyParts))
        if (!all.contains(folder))
            all << folder;
    return all.join(QLatin1Char(':'));
}

} // namespace

Result<ProgramAnswer> runProgram(const ProgramCall &call, std::stop_token token) {
    const QFileInfo file(call.program);
    if (!file.exists())
        return notFound(QStringLiteral("There is no program %1.").arg(call.program));
    if (!file.isFile() || !file.isExecutable())
        return Error{ErrorKind::Denied, QStringLiteral("%1 is not a program that may be run.").arg(call.program), {}, QStringLiteral("Is it executable (chmod +x), and of this machine?"), {}};
    QProcess process;
    process.setProgram(call.program);
    process.setArguments(call.arguments);
    process.setProcessEnvironment(environmentOf(call));
    if (!call.workingDirectory.isEmpty())
        process.setWorkingDirectory(call.workingDirectory);
    if (call.terminal) {
        process.setInputChannelMode(QProcess::ForwardedInputChannel);
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    } else {
        process.setStandardInputFile(QProcess::nullDevice());
        process.setChildProcessModifier([] { ::setsid(); });
    }
    QElapsedTimer clock;
    clock.start();
    process.start(QIODevice::ReadOnly);
    if (!process.waitForStarted())
        return Error{ErrorKind::Denied, QStringLiteral("%1 could not be started.").arg(call.program), {}, {}, process.errorString()};
    ProgramAnswer answer;
    QByteArray error;
    for (bool running = true; running;) {
        running = !process.waitForFinished(50) && process.state() != QProcess::NotRunning;
        answer.out += process.readAllStandardOutput();
        error += process.readAllStandardError();
        const bool tooMuch = answer.out.size() > call.maxBytes || error.size() > call.maxBytes, late = clock.elapsed() > call.limitMs;
        if (!running || (!tooMuch && !late && !token.stop_requested()))
            continue;
        end(process, !call.terminal);
        if (token.stop_requested())
            return cancelled();
        if (late)
            return Error{ErrorKind::TimedOut, QStringLiteral("%1 did not end within %2 s.").arg(call.program).arg(call.limitMs / 1000), {}, {}, QString::fromUtf8(error).trimmed().right(4000)};
        return invalid(QStringLiteral("%1 says too much.").arg(call.program));
    }
    // What a crash leaves as exitCode() is the signal's number.
    answer.code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : 128 + process.exitCode();
    answer.error = QString::fromUtf8(error).trimmed();
    return answer;
}

QString loginPath() {
    static std::once_flag once;
    static QString path;
    std::call_once(once, [] {
        ProgramCall call;
        call.program = loginShell();
        call.arguments = {QStringLiteral("-l"), QStringLiteral("-c"), QStringLiteral("printenv PATH")}; // fish has a list in $PATH
        call.limitMs = 5000;
        const auto said = runProgram(call);
        path = qEnvironmentVariable("PATH");
        if (said && said->code == 0)
            path = joined(path, QString::fromLocal8Bit(said->out.trimmed()).section(QLatin1Char('\n'), -1)); // a profile may greet
        const QString home = QDir::homePath();
        path = joined(path, home + QStringLiteral("/.local/bin:") + home + QStringLiteral("/bin:/usr/local/bin:/snap/bin:") + home + QStringLiteral("/google-cloud-sdk/bin"));
    });
    return path;
}

Result<QString> findProgram(const QString &name) {
    if (name.contains(QLatin1Char('/')))
        return name;
    QString found = QStandardPaths::findExecutable(name);
    if (found.isEmpty())
        found = QStandardPaths::findExecutable(name, loginPath().split(QLatin1Char(':'), Qt::SkipEmptyParts));
    if (found.isEmpty())
        return notFound(QStringLiteral("The program “%1” was not found on the PATH.").arg(name), {}, QStringLiteral("Install it, or write its full path."));
    return found;
}

} // namespace pilothouse
