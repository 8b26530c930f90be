// SPDX-License-Identifier: GPL-3.0-or-later
// Logs and files of jenkins_service.h.
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/net/directory_token.h"
#include "core/pipelines/jenkins_service.h"

#include <QFile>
#include <QUrl>

#include <algorithm>

namespace pilothouse::pipelines {

using Q = QLatin1String;

namespace {

constexpr qint64 longestLog = 1LL << 30;

} // namespace

Result<LogPiece> JenkinsPipelines::progressive(const QString &path, const LogFrom &from, std::stop_token token) const {
    LogPiece piece;
    qint64 start = from.next.toLongLong();
    const bool tailOnly = from.next.isEmpty() && from.lastBytes > 0;
    net::Request request;
    if (tailOnly) { // its size stands in the head of the reply, whose body is not waited for
        qint64 size = 0;
        request = m_api.request(path + QStringLiteral("?start=0"));
        request.onHeaders = [&size, wanted = from.lastBytes](const net::Response &head) {
            size = head.header("X-Text-Size").toLongLong();
            return size <= wanted;
        };
        QByteArray whole;
        request.onData = [&whole](const char *bytes, std::size_t count) {
            whole.append(bytes, qsizetype(count));
            return true;
        };
        PH_ASSIGN(const net::Response reply, m_api.send(request, token));
        if (size <= from.lastBytes) {
            piece.bytes = reply.body.isEmpty() ? whole : reply.body;
            piece.next = QString::number(size);
            piece.end = reply.header("X-More-Data") != "true";
            return piece;
        }
        start = size - from.lastBytes;
    }
    request = m_api.request(path + QStringLiteral("?start=%1").arg(start));
    request.maxBytes = longestLog;
    request.timeoutMs = 0;
    request.stallSeconds = 60;
    PH_ASSIGN(const net::Response reply, m_api.send(request, token));
    bool counted = false;
    const qint64 size = reply.header("X-Text-Size").toLongLong(&counted);
    if (!counted)
        return invalid(QStringLiteral("The reply is no log of Jenkins: it does not say how long it is."), m_api.page(path), QStringLiteral("Does a proxy take the headers X-Text-Size and X-More-Data away?"));
    piece.bytes = reply.body;
    piece.next = QString::number(size);
    piece.end = reply.header("X-More-Data") != "true";
    piece.anew = start > 0 && size < start; // shorter than what was read: Jenkins then gives it from its begin
    if (tailOnly) {
        const qsizetype line = piece.bytes.indexOf('\n');
        piece.skipped = start + (line >= 0 ? line + 1 : 0);
        piece.bytes.remove(0, line + 1);
    }
    return piece;
}

Result<LogPiece> JenkinsPipelines::readLog(const LogFrom &from, std::stop_token token) const {
    PH_ASSIGN(JenkinsId id, idOf(from.run));
    if (id.number == 0) {
        PH_ASSIGN(const PipelineRun waiting, item(id));
        const auto build = JenkinsId::parse(waiting.became);
        if (!build) {
            LogPiece piece;
            piece.note = waiting.note;
            piece.end = hasEnded(waiting.state);
            return piece;
        }
        id = *build;
    }
    return from.stage.isEmpty() ? progressive(buildPath(id) + QStringLiteral("/logText/progressiveText"), from, token) : stageLog(id, from, token);
}

Result<QString> JenkinsPipelines::tail(const JenkinsId &id, qint64 bytes) const {
    LogFrom from;
    from.lastBytes = bytes;
    PH_ASSIGN(const LogPiece piece, progressive(buildPath(id) + QStringLiteral("/logText/progressiveText"), from, {}));
    return QString::fromUtf8(piece.bytes);
}

Result<std::vector<Output>> JenkinsPipelines::outputs(const QString &run) const {
    PH_ASSIGN(const JenkinsId id, idOf(run));
    PH_ASSIGN(const QJsonObject build, m_api.object(buildPath(id) + QStringLiteral("/api/json?tree=artifacts%5BfileName,relativePath%5D,fingerprint%5BfileName,hash%5D")));
    QMap<QString, qint64> sizes;
    if (const auto view = stageView(id.job, buildPath(id) + QStringLiteral("/wfapi/artifacts")); view && *view)
        for (const QJsonValue &artifact : (*view)->toArray())
            sizes.insert(artifact[Q("path")].toString(), artifact[Q("size")].toVariant().toLongLong());
    std::vector<Output> all;
    for (const QJsonValue &artifact : build.value(Q("artifacts")).toArray()) {
        Output output;
        output.name = artifact[Q("relativePath")].toString();
        output.address = m_api.page(buildPath(id) + QStringLiteral("/artifact/") + QString::fromLatin1(QUrl::toPercentEncoding(output.name, QByteArrayLiteral("/"))));
        output.bytes = sizes.value(output.name, -1);
        for (const QJsonValue &print : build.value(Q("fingerprint")).toArray())
            if (print[Q("fileName")].toString() == artifact[Q("fileName")].toString())
                output.checksum = QStringLiteral("md5:") + print[Q("hash")].toString();
        all.push_back(std::move(output));
    }
    return all;
}

Result<void> JenkinsPipelines::download(const QString &run, const Output &output, const QString &file, std::stop_token token) const {
    PH_ASSIGN(const JenkinsId id, idOf(run));
    net::Request request = m_api.request(buildPath(id) + QStringLiteral("/artifact/") + QString::fromLatin1(QUrl::toPercentEncoding(output.name, QByteArrayLiteral("/"))));
    request.timeoutMs = 0;
    request.stallSeconds = 60;
    request.rawBytes = true;
    request.maxBytes = longestLog;
    PH_ASSIGN(net::Response reply, m_api.send(request, token));
    if (reply.status >= 300) { // an artifact store elsewhere, by a signed address: the login stays here
        net::Request there = request;
        there.url = QUrl(request.url).resolved(QUrl(QString::fromUtf8(reply.header("Location")))).toString(QUrl::FullyEncoded);
        if (!net::isSafeForSecrets(there.url)) // the signed address is a secret by itself
            return refused(QStringLiteral("Jenkins names an address that is not safe to follow."), QUrl(there.url).host(), QStringLiteral("Only https:// is followed."));
        PH_ASSIGN(reply, m_c.http->send(there, token));
        if (reply.status >= 300)
            return net::statusError(there, reply);
    }
    if (output.checksum.startsWith(Q("md5:"))) {
        Hasher hasher(Hasher::Kind::Md5);
        hasher.add(reply.body);
        if (const QString found = hasher.hex(); found != output.checksum.mid(4))
            return invalid(QStringLiteral("What came of %1 is not what Jenkins recorded: its MD5 is %2 instead of %3.").arg(output.name, found, output.checksum.mid(4)), source(), QStringLiteral("Read it again; a proxy may change it, or it was overwritten."));
    }
    return writeFileAtomically(file, reply.body);
}

} // namespace pilothouse::pipelines
