// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/pod_shell.h"

#include "core/base/json.h"
#include "core/cluster/kube_socket.h"
#include "core/cluster/pod_exec_internal.h"
#include "core/cluster/pod_selector.h"

#include <QThreadPool>
#include <QUrl>

#include <chrono>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;
constexpr qsizetype mostWaiting = 256 << 10, portion = 16 << 10;

} // namespace

QStringList shellCommand() {
    return {QStringLiteral("sh"), QStringLiteral("-c"), QStringLiteral("TERM=xterm-256color; export TERM; if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi")};
}

PodShell::PodShell(ShellPlace place, int columns, int rows, std::function<void()> onOutput)
    : m_place(std::move(place)), m_onOutput(std::move(onOutput)), m_columns(columns), m_rows(rows) {}

void PodShell::type(const QByteArray &bytes) {
    {
        const std::lock_guard lock(m_mutex);
        m_in += bytes;
    }
    m_changed.notify_all();
}

void PodShell::resize(int columns, int rows) {
    {
        const std::lock_guard lock(m_mutex);
        m_resized = m_resized || columns != m_columns || rows != m_rows;
        m_columns = columns;
        m_rows = rows;
    }
    m_changed.notify_all();
}

QByteArray PodShell::take(qsizetype most) {
    QByteArray out;
    {
        const std::lock_guard lock(m_mutex);
        out = m_out.left(most);
        m_out.remove(0, out.size());
    }
    m_changed.notify_all();
    return out;
}

void PodShell::findContainer(const KubeApi &api, std::stop_token token) {
    if (!m_place.container.isEmpty())
        return;
    const auto selector = PodSelector::of(api, {kinds::Pod, m_place.space, m_place.pod}, token);
    const auto pods = selector ? selector->pods(api, token) : Result<std::vector<QJsonObject>>(std::vector<QJsonObject>());
    if (pods && !pods->empty())
        m_place.container = defaultContainer(pods->front());
}

Result<PodShell::End> PodShell::run(const KubeApi &api, std::stop_token token) {
    const auto encoded = [](const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); };
    QUrlQuery query;
    for (const QString &word : shellCommand())
        query.addQueryItem(QStringLiteral("command"), encoded(word));
    if (!m_place.container.isEmpty())
        query.addQueryItem(QStringLiteral("container"), encoded(m_place.container));
    for (const auto name : {Q("stdin"), Q("stdout"), Q("tty")}) // of a terminal errors come with the output
        query.addQueryItem(name, QStringLiteral("true"));
    const QString where = QStringLiteral("pod/%1 in %2").arg(m_place.pod, m_place.space);
    PH_ASSIGN(const auto socket, KubeSocket::open(api, objectPath({kinds::Pod, m_place.space, m_place.pod}, QStringLiteral("exec")), query, {"v5.channel.k8s.io", "v4.channel.k8s.io"}, token));
    const auto begun = std::chrono::steady_clock::now();
    const auto seconds = [begun] { return qint64(std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun).count()); };

    std::stop_source over;
    QThreadPool keyboard;
    struct Ended {
        std::stop_source &over;
        KubeSocket &socket;
        QThreadPool &pool;
        ~Ended() {
            over.request_stop();
            socket.abort();
            pool.waitForDone();
        }
    } const ended{over, *socket, keyboard};
    keyboard.start([this, &socket = *socket, stop = over.get_token()] {
        while (!stop.stop_requested()) {
            QByteArray bytes, size;
            {
                std::unique_lock lock(m_mutex);
                if (!m_changed.wait(lock, stop, [this] { return m_resized || !m_in.isEmpty(); }))
                    return;
                if (std::exchange(m_resized, false))
                    size = compactJson(QJsonObject{{Q("Width"), m_columns}, {Q("Height"), m_rows}});
                bytes = m_in.left(portion);
                m_in.remove(0, bytes.size());
            }
            if ((!size.isEmpty() && !socket.send(KubeSocket::Resize, size)) || (!bytes.isEmpty() && !socket.send(KubeSocket::Stdin, bytes)))
                return;
        }
    });
    for (;;) {
        auto piece = socket->receive(token);
        if (token.stop_requested()) {
            socket->close();
            return End{{}, seconds()};
        }
        if (!piece)
            return piece.error();
        if (!*piece)
            return Error{ErrorKind::Unreachable, QStringLiteral("The connection ended before the shell did."), where, QStringLiteral("What it was doing may go on in the pod."), {}};
        if ((*piece)->channel == KubeSocket::Status) {
            PH_ASSIGN(const int code, exitCodeOf((*piece)->bytes, where));
            socket->close();
            return End{code, seconds()};
        }
        if ((*piece)->channel != KubeSocket::Stdout && (*piece)->channel != KubeSocket::Stderr)
            continue;
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, token, [this] { return m_out.size() < mostWaiting; }); // a flood waits in the pod
            m_out += (*piece)->bytes;
        }
        m_onOutput();
    }
}

} // namespace pilothouse::cluster
