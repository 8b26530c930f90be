// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/pod_exec.h"

#include "core/base/json.h"
#include "core/cluster/kube_socket.h"
#include "core/cluster/pod_exec_internal.h"

#include <QJsonArray>
#include <QThreadPool>
#include <QUrl>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;
constexpr qsizetype portion = 32 << 10;

} // namespace

Result<int> exitCodeOf(const QByteArray &bytes, const QString &where) {
    PH_ASSIGN(const QJsonObject status, parseJsonObject(bytes, where));
    if (status.value(Q("status")) == Q("Success"))
        return 0;
    const QString message = status.value(Q("message")).toString();
    if (status.value(Q("reason")) == Q("NonZeroExitCode"))
        for (const QJsonValue &value : status.value(Q("details")).toObject().value(Q("causes")).toArray())
            if (value.toObject().value(Q("reason")) == Q("ExitCode"))
                return value.toObject().value(Q("message")).toString().toInt();
    if (message.contains(Q("executable file not found")) || message.contains(Q("no such file or directory")))
        return notFound(QStringLiteral("The container has no such program: %1").arg(message), where, QStringLiteral("Many images have no shell and no tools; name a program that the image has."));
    return Error{ErrorKind::Unreachable, QStringLiteral("The command could not be run: %1").arg(message), where, {}, QString::fromUtf8(bytes)};
}

Result<PodCommandResult> runInPod(const KubeApi &api, const PodCommand &command, std::stop_token token, const std::function<void(const QByteArray &, bool)> &onOutput) {
    const auto encoded = [](const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); };
    QUrlQuery query;
    for (const QString &word : command.command)
        query.addQueryItem(QStringLiteral("command"), encoded(word));
    if (!command.container.isEmpty())
        query.addQueryItem(QStringLiteral("container"), encoded(command.container));
    query.addQueryItem(QStringLiteral("stdout"), QStringLiteral("true"));
    query.addQueryItem(QStringLiteral("stderr"), QStringLiteral("true"));
    if (command.input)
        query.addQueryItem(QStringLiteral("stdin"), QStringLiteral("true"));
    PH_ASSIGN(const auto socket, KubeSocket::open(api, objectPath({kinds::Pod, command.space, command.pod}, QStringLiteral("exec")), query, {"v5.channel.k8s.io", "v4.channel.k8s.io"}, token));
    const QString where = QStringLiteral("pod/%1 in %2").arg(command.pod, command.space);
    if (command.input && socket->protocol() != "v5.channel.k8s.io")
        return refused(QStringLiteral("This server speaks %1, by which the end of an input cannot be said: the command would wait for ever.").arg(QString::fromLatin1(socket->protocol())), where,
                       QStringLiteral("Kubernetes 1.30 and later can; use kubectl exec here."));
    // Beside what comes: a command that answers while it reads would wait for us, and we for it. One that ends before its input does breaks this off.
    QThreadPool in;
    struct Ended {
        KubeSocket &socket;
        QThreadPool &pool;
        ~Ended() {
            socket.abort();
            pool.waitForDone();
        }
    } const ended{*socket, in};
    if (command.input)
        in.start([&socket = *socket, &bytes = *command.input] {
            for (qsizetype at = 0; at < bytes.size(); at += portion)
                if (!socket.send(KubeSocket::Stdin, bytes.mid(at, portion)))
                    return;
            (void)socket.endChannel(KubeSocket::Stdin);
        });
    PodCommandResult result;
    for (;;) {
        PH_ASSIGN(const auto piece, socket->receive(token));
        if (!piece)
            return Error{ErrorKind::Unreachable, QStringLiteral("The connection ended before the command did; it may go on."), where, {}, {}};
        if (piece->channel == KubeSocket::Status) {
            PH_ASSIGN(result.exitCode, exitCodeOf(piece->bytes, where));
            socket->close();
            return result;
        }
        const bool errors = piece->channel == KubeSocket::Stderr;
        if (piece->channel != KubeSocket::Stdout && !errors)
            continue;
        if (onOutput) {
            onOutput(piece->bytes, errors);
            continue;
        }
        QByteArray &into = errors ? result.errors : result.output;
        into += piece->bytes;
        if (into.size() > command.mostOutput)
            return invalid(QStringLiteral("The command gave more than %1 MiB.").arg(command.mostOutput >> 20), where);
    }
}

} // namespace pilothouse::cluster
