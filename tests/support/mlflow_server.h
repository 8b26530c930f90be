// SPDX-License-Identifier: GPL-3.0-or-later
// Real servers for tests: MLflow and S3 (MinIO or moto) on loopback. PILOTHOUSE_MLFLOW and PILOTHOUSE_MLFLOW2 name the program `mlflow` of a 3.x
// and of a 2.x, PILOTHOUSE_MINIO `minio`, PILOTHOUSE_MOTO `moto_server`; else they are looked for where tests/run installs them (build/*-venv; MinIO: the cache
// of tests/backends).
#pragma once

#include "tests/support/free_port.h"

#include "core/net/http.h"

#include <QDir>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include <csignal>
#include <cstdio>

#include <unistd.h>

namespace pilothouse::support {

inline QString venvProgram(const char *variable, const QString &venv, const QString &name) {
    if (const QString named = qEnvironmentVariable(variable); !named.isEmpty())
        return named;
    return QStandardPaths::findExecutable(name, {QStringLiteral(PILOTHOUSE_SOURCE_DIR "/build/") + venv + QStringLiteral("/bin")});
}
inline QString mlflow3Program() { return venvProgram("PILOTHOUSE_MLFLOW", QStringLiteral("mlflow3-venv"), QStringLiteral("mlflow")); }
inline QString mlflow2Program() { return venvProgram("PILOTHOUSE_MLFLOW2", QStringLiteral("mlflow2-venv"), QStringLiteral("mlflow")); }

/// A program that serves on a port of 127.0.0.1, in a process group of its own; both are ended with the object.
class ServerProcess {
public:
    ServerProcess() = default;
    ServerProcess(const ServerProcess &) = delete;
    ~ServerProcess() {
        const auto group = pid_t(-m_process.processId());
        if (group < -1) // 0 and −1 are everybody
            ::kill(group, SIGTERM);
        m_process.waitForFinished(10000);
        if (group < -1)
            ::kill(group, SIGKILL);
        m_process.waitForFinished(5000);
    }
    /// Started and answering at `path` with anything below 500 within 180 s.
    bool start(const QString &program, const QStringList &arguments, const QString &folder, const QMap<QString, QString> &environment, int port, const QString &path) {
        QDir().mkpath(folder);
        QProcessEnvironment all = QProcessEnvironment::systemEnvironment();
        for (auto it = environment.begin(); it != environment.end(); ++it)
            all.insert(it.key(), it.value());
        m_port = port;
        m_process.setProcessEnvironment(all);
        m_process.setChildProcessModifier([] { ::setsid(); }); // MLflow 2 has workers that outlive it
        m_process.setWorkingDirectory(folder);
        m_process.setProcessChannelMode(QProcess::MergedChannels);
        m_process.setStandardOutputFile(folder + QStringLiteral("/log"));
        m_process.start(program, arguments);
        net::HttpClient http;
        net::Request ask;
        ask.url = url() + path;
        const bool ready = QTest::qWaitFor(
            [&] {
                const auto reply = m_process.state() == QProcess::NotRunning ? Result<net::Response>(cancelled()) : http.send(ask);
                return m_process.state() == QProcess::NotRunning || (reply && reply->status < 500);
            },
            180000);
        if (!ready || m_process.state() == QProcess::NotRunning) {
            std::fprintf(stderr, "%s did not start; its log is %s/log\n", qPrintable(program), qPrintable(folder));
            return false;
        }
        return true;
    }
    int port() const { return m_port; }
    QString url() const { return QStringLiteral("http://127.0.0.1:%1").arg(m_port); }

private:
    QProcess m_process;
    int m_port = 0;
};

struct MlflowOptions {
    QString database;      ///< SQLAlchemy's address; empty: SQLite in the folder
    QString artifacts;     ///< where the server keeps what it hands through; empty: in the folder
    QString directRoot;    ///< not empty: the server hands nothing through, and runs have their artifacts here
    bool login = false;    ///< built-in Basic login: admin / Adm1n-loopback
    QMap<QString, QString> environment;
};

inline bool startMlflow(ServerProcess &server, const QString &program, const QString &folder, const MlflowOptions &options = {}) {
    QDir().mkpath(folder);
    QMap<QString, QString> environment = options.environment;
    for (const char *name : {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false", "DO_NOT_TRACK=true", "MLFLOW_DISABLE_TELEMETRY=true"})
        environment.insert(QString::fromLatin1(name).section(QLatin1Char('='), 0, 0), QString::fromLatin1(name).section(QLatin1Char('='), 1));
    const int port = freePort();
    QStringList arguments{QStringLiteral("server"), QStringLiteral("--host"), QStringLiteral("127.0.0.1"), QStringLiteral("--port"), QString::number(port), QStringLiteral("--workers"), QStringLiteral("1"),
                          QStringLiteral("--backend-store-uri"), options.database.isEmpty() ? QStringLiteral("sqlite:///%1/mlflow.db").arg(folder) : options.database};
    if (options.directRoot.isEmpty())
        arguments << QStringLiteral("--serve-artifacts") << QStringLiteral("--artifacts-destination") << (options.artifacts.isEmpty() ? folder + QStringLiteral("/artifacts") : options.artifacts);
    else
        arguments << QStringLiteral("--no-serve-artifacts") << QStringLiteral("--default-artifact-root") << options.directRoot;
    if (options.login) {
        QFile file(folder + QStringLiteral("/auth.ini"));
        if (!file.open(QIODevice::WriteOnly))
            return false;
        file.write(QStringLiteral("[mlflow]\ndefault_permission = READ\ndatabase_uri = sqlite:///%1/auth.db\nadmin_username = admin\nadmin_password = Adm1n-loopback\n"
                                  "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n").arg(folder).toUtf8());
        file.close();
        environment.insert(QStringLiteral("MLFLOW_AUTH_CONFIG_PATH"), file.fileName());
        environment.insert(QStringLiteral("MLFLOW_FLASK_SERVER_SECRET_KEY"), QStringLiteral("loopback"));
        arguments << QStringLiteral("--app-name") << QStringLiteral("basic-auth");
    }
    return server.start(program, arguments, folder, environment, port, QStringLiteral("/health"));
}

/// Named, or built by tests/backends/minio.sh; empty: neither.
inline QString minioProgram() {
    if (const QString named = qEnvironmentVariable("PILOTHOUSE_MINIO"); !named.isEmpty())
        return named;
    const QDir built(qEnvironmentVariable("PILOTHOUSE_BACKENDS_CACHE", qEnvironmentVariable("XDG_CACHE_HOME", QDir::homePath() + QStringLiteral("/.cache")) + QStringLiteral("/pilothouse-backends")) + QStringLiteral("/bin"));
    const QStringList found = built.entryList({QStringLiteral("minio-*")}, QDir::Files | QDir::Executable, QDir::Name | QDir::Reversed);
    return found.isEmpty() ? QString() : built.filePath(found.front());
}

/// MinIO where it is here, else moto; access key pilothouse, secret pilothouse-secret. False if neither is here.
inline bool startS3(ServerProcess &server, const QString &folder, QString *what) {
    const QString minio = minioProgram(), moto = venvProgram("PILOTHOUSE_MOTO", QStringLiteral("python-venv"), QStringLiteral("moto_server"));
    const QMap<QString, QString> environment{{QStringLiteral("MINIO_ROOT_USER"), QStringLiteral("pilothouse")}, {QStringLiteral("MINIO_ROOT_PASSWORD"), QStringLiteral("pilothouse-secret")},
                                             {QStringLiteral("MINIO_BROWSER"), QStringLiteral("off")}, {QStringLiteral("MINIO_UPDATE"), QStringLiteral("off")}, {QStringLiteral("HOME"), folder}};
    const int port = freePort();
    if (!minio.isEmpty()) {
        *what = QStringLiteral("MinIO");
        return server.start(minio, {QStringLiteral("server"), QStringLiteral("--quiet"), QStringLiteral("--address"), QStringLiteral("127.0.0.1:%1").arg(port), QStringLiteral("--console-address"), QStringLiteral("127.0.0.1:0"), folder + QStringLiteral("/data")},
                            folder, environment, port, QStringLiteral("/minio/health/ready"));
    }
    *what = QStringLiteral("moto");
    return !moto.isEmpty() && server.start(moto, {QStringLiteral("-H"), QStringLiteral("127.0.0.1"), QStringLiteral("-p"), QString::number(port)}, folder, environment, port, QStringLiteral("/"));
}

} // namespace pilothouse::support
