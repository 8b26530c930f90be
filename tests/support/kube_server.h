// SPDX-License-Identifier: GPL-3.0-or-later
// A real Kubernetes API server with its controllers on loopback, by tests/backends/kube.sh (README there: who may what, what pods do). It takes 0.9 GB
// and about 10 s to start: one a program, started in initTestCase.
#pragma once

#include "core/cluster/kube_api.h"
#include "core/cluster/kube_credentials.h"
#include "core/cluster/kubeconfig.h"
#include "tests/support/free_port.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

namespace pilothouse::support {

class KubeServer {
public:
    struct Answer {
        int code = 0;
        QByteArray out, error;
    };
    KubeServer() = default;
    KubeServer(const KubeServer &) = delete;
    ~KubeServer() { stop(); }

    /// Why there can be none here; empty: it can be started. The binary is not built by a test: that takes a quarter of an hour.
    static QString missing() {
        const Answer built = run(QStringLiteral("bash"), {script(), QStringLiteral("built")}, {}, 20000);
        return built.code == 0 ? QString() : QStringLiteral("tests/backends/kube.sh build was not run here");
    }
    /// False with a reason in `why`; what the script said is in it.
    bool start(QString *why = nullptr) {
        QString reason = missing();
        for (int attempt = 0; reason.isEmpty() && attempt < 3; ++attempt) { // somebody may take a port between the look and the start
            m_port = freeRange(6);
            const Answer started = run(QStringLiteral("bash"), {script(), QStringLiteral("start"), QString::number(m_port), folder()}, {}, 400000);
            m_started = true;
            if (started.code == 0)
                return true;
            if (attempt == 2)
                reason = QStringLiteral("kube.sh start failed: ") + QString::fromUtf8(started.error.right(1000));
            stop();
        }
        if (why)
            *why = reason;
        return false;
    }
    void stop() {
        if (m_started)
            run(QStringLiteral("bash"), {script(), QStringLiteral("stop"), folder()}, {}, 120000);
        m_started = false;
    }

    int port() const { return m_port; }
    QString url() const { return QStringLiteral("https://127.0.0.1:%1").arg(m_port); }
    QString folder() const { return m_folder.filePath(QStringLiteral("kube")); }
    QString adminConfig() const { return folder() + QStringLiteral("/kubeconfig"); }             ///< client certificate, everything
    QString operatorConfig() const { return folder() + QStringLiteral("/operator.kubeconfig"); } ///< client certificate, `edit` in ml
    QString viewerConfig() const { return folder() + QStringLiteral("/viewer.kubeconfig"); }     ///< token, `view` in ml
    QString caFile() const { return folder() + QStringLiteral("/ca.crt"); }
    /// What `kubectl logs` and the log routes give: lines in the CRI format.
    QString containerLog() const { return folder() + QStringLiteral("/logs/container.log"); }

    /// kubectl as administrator; `input` is its standard input (apply -f -).
    Answer kubectl(const QStringList &arguments, const QByteArray &input = {}, int limitMs = 120000) const {
        QFile binary(folder() + QStringLiteral("/binary"));
        if (!binary.open(QIODevice::ReadOnly))
            return {-1, {}, "the server was not started"};
        return run(QString::fromUtf8(binary.readAll()).trimmed(), QStringList{QStringLiteral("kubectl"), QStringLiteral("--kubeconfig"), adminConfig()} + arguments, input, limitMs);
    }
    /// The API as the current context of a kubeconfig; empty: as administrator.
    Result<std::shared_ptr<cluster::KubeApi>> api(const std::shared_ptr<net::HttpClient> &http, const QString &kubeconfig = {}) const {
        PH_ASSIGN(const cluster::Kubeconfig config, cluster::Kubeconfig::read({kubeconfig.isEmpty() ? adminConfig() : kubeconfig}));
        PH_ASSIGN(const cluster::KubeAccess access, config.access());
        return std::make_shared<cluster::KubeApi>(access, http, cluster::credentialsOf(access), QStringLiteral("test"));
    }

    static Answer run(const QString &program, const QStringList &arguments, const QByteArray &input, int limitMs) {
        QProcess process;
        QTemporaryDir out; // daemons that are started keep pipes open: files instead
        process.setStandardOutputFile(out.filePath(QStringLiteral("out")));
        process.setStandardErrorFile(out.filePath(QStringLiteral("err")));
        process.start(program, arguments);
        process.write(input);
        process.closeWriteChannel();
        Answer answer;
        answer.code = process.waitForFinished(limitMs) && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
        if (process.state() != QProcess::NotRunning) {
            process.kill();
            process.waitForFinished();
        }
        const auto text = [&](const char *name) {
            QFile file(out.filePath(QString::fromLatin1(name)));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        answer.out = text("out");
        answer.error = text("err");
        return answer;
    }

private:
    static QString script() { return QStringLiteral(PILOTHOUSE_SOURCE_DIR "/tests/backends/kube.sh"); }
    static bool isFree(int port) {
        const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(in_port_t(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const bool bound = ::bind(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0;
        ::close(fd);
        return bound;
    }
    /// Below the ports that the system gives away by itself.
    static int freeRange(int count) {
        for (;;) {
            const int first = 12000 + QRandomGenerator::global()->bounded(18000);
            bool all = true;
            for (int port = first; all && port < first + count; ++port)
                all = isFree(port);
            if (all)
                return first;
        }
    }
    QTemporaryDir m_folder;
    int m_port = 0;
    bool m_started = false;
};

} // namespace pilothouse::support
