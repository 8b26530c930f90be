// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/free_port.h"

#include <QProcess>
#include <QString>
#include <QTemporaryDir>

namespace pilothouse::support {

/// A real server of tests/backends, started by its script on a free port of this machine and stopped by it. What cannot be started here is not running():
/// the test is skipped, with `problem` saying why.
class Backend {
public:
    explicit Backend(const char *script, const QStringList &environment = {}) : m_script(QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/backends/") + QLatin1String(script)) {
        QProcess process;
        QProcessEnvironment all = QProcessEnvironment::systemEnvironment();
        for (const QString &one : environment)
            all.insert(one.section(QLatin1Char('='), 0, 0), one.section(QLatin1Char('='), 1));
        process.setProcessEnvironment(all);
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(m_script, {QStringLiteral("start"), QString::number(port), folder()});
        m_running = process.waitForFinished(200000) && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
        problem = QString::fromLocal8Bit(process.readAll());
    }
    ~Backend() {
        QProcess::execute(m_script, {QStringLiteral("stop"), folder()});
    }
    bool running() const { return m_running; }
    QString folder() const { return m_folder.filePath(QStringLiteral("server")); }
    QString host() const { return QStringLiteral("127.0.0.1:%1").arg(port); }
    const int port = freePort();
    QString problem;

private:
    QTemporaryDir m_folder;
    QString m_script;
    bool m_running = false;
};

} // namespace pilothouse::support
