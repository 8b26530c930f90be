// SPDX-License-Identifier: GPL-3.0-or-later
// Files to S3: one PUT, or a multipart upload that can go on after it was broken off.
#include "core/sources/s3.h"
#include "core/sources/s3_xml.h"

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"

#include <QFile>
#include <QFileInfo>

#include <algorithm>

namespace pilothouse::sources {

namespace {

using Q = QLatin1String;
constexpr qint64 leastPart = 5 << 20; ///< S3's rule for all parts but the last
constexpr qint64 mostParts = 10000;

QByteArray md5Of(const QByteArray &bytes) {
    Hasher hasher(Hasher::Kind::Md5);
    hasher.add(bytes);
    return hasher.raw();
}

} // namespace

/// One multipart upload from its start or from its state file to its end.
class MultipartUpload {
public:
    MultipartUpload(const S3Client &client, const S3Location &object, const QString &file, const QString &stateFile, std::stop_token stop, const Progress &progress)
        : m_client(client), m_object(object), m_input(file), m_stateFile(stateFile), m_stop(std::move(stop)), m_progress(progress) {}

    Result<S3Object> run(qint64 partBytes) {
        if (!m_input.open(QIODevice::ReadOnly))
            return fileError(QStringLiteral("open"), m_input.fileName());
        m_size = m_input.size();
        m_changed = QFileInfo(m_input).lastModified();
        m_partBytes = std::max({partBytes, leastPart, (m_size + mostParts - 1) / mostParts});
        readState();
        Result<S3Object> done = m_id.isEmpty() ? begin() : Result<S3Object>(S3Object{});
        if (done)
            done = parts();
        if (!done && goneOnServer(done.error())) { // the server has tidied the earlier upload away: once again from the start
            forget();
            done = begin();
            if (done)
                done = parts();
        }
        if (done) {
            forgetState();
            return done;
        }
        const ErrorKind kind = done.error().kind;
        const bool mayGoOn = kind == ErrorKind::Cancelled || kind == ErrorKind::Unreachable || kind == ErrorKind::TimedOut;
        if (m_stateFile.isEmpty() || !mayGoOn)
            abort();
        return done;
    }

private:
    net::Request request(const QByteArray &method, S3Client::Query query, const QByteArray &body = {}) const {
        net::Request made = m_client.request(method, m_object, std::move(query), body);
        made.timeoutMs = 0;
        made.stallSeconds = 60;
        return made;
    }

    Result<S3Object> begin() {
        const net::Request ask = request("POST", {{"uploads", {}}});
        PH_ASSIGN(const net::Response response, m_client.send(ask, m_object, m_stop));
        PH_ASSIGN(const XmlElement reply, parseXml(response.body, m_object.text()));
        m_id = reply.value("UploadId");
        if (m_id.isEmpty())
            return invalid(QStringLiteral("The S3 server named no upload."), m_object.text());
        PH_TRY(writeState());
        return S3Object{};
    }

    Result<S3Object> parts() {
        const qint64 count = (m_size + m_partBytes - 1) / m_partBytes;
        for (qint64 number = m_parts.size() + 1; number <= count; ++number) {
            if (m_stop.stop_requested())
                return cancelled();
            if (!m_input.seek((number - 1) * m_partBytes))
                return fileError(QStringLiteral("read"), m_input.fileName());
            const QByteArray bytes = m_input.read(std::min(m_partBytes, m_size - (number - 1) * m_partBytes));
            if (bytes.size() != std::min(m_partBytes, m_size - (number - 1) * m_partBytes) || QFileInfo(m_input.fileName()).lastModified() != m_changed)
                return Error{ErrorKind::Conflict, QStringLiteral("The file changed while it was sent."), m_input.fileName(), QStringLiteral("Let the other program finish, then try again."), {}};
            net::Request part = request("PUT", {{"partNumber", QString::number(number)}, {"uploadId", m_id}}, bytes);
            const QByteArray md5 = md5Of(bytes);
            part.headers.append({"Content-MD5", md5.toBase64()});
            PH_ASSIGN(const net::Response response, m_client.send(part, m_object, m_stop));
            m_parts.append(QJsonObject{{Q("etag"), QString::fromLatin1(response.header("ETag"))}, {Q("md5"), QString::fromLatin1(md5.toHex())}});
            PH_TRY(writeState());
            if (m_progress)
                m_progress(std::min(m_size, number * m_partBytes), m_size);
        }
        return complete();
    }

    /// The answer may be an <Error> inside a 200, and may get lost: what lies there decides.
    Result<S3Object> complete() {
        QByteArray body = "<CompleteMultipartUpload>";
        for (qsizetype i = 0; i < m_parts.size(); ++i)
            body += "<Part><PartNumber>" + QByteArray::number(i + 1) + "</PartNumber><ETag>" + m_parts[i].toObject().value(Q("etag")).toString().toHtmlEscaped().toUtf8() + "</ETag></Part>";
        const net::Request ask = request("POST", {{"uploadId", m_id}}, body + "</CompleteMultipartUpload>");
        const auto response = m_client.send(ask, m_object, m_stop);
        if (response) {
            PH_ASSIGN(const XmlElement reply, parseXml(response->body, m_object.text()));
            if (reply.name == Q("Error")) {
                net::Response failed = *response;
                failed.status = 500;
                return s3Error(m_object, m_client.endpoint(), ask, failed);
            }
        } else if (response.error().kind != ErrorKind::Unreachable && response.error().kind != ErrorKind::TimedOut) {
            return response.error();
        }
        auto seen = m_client.head(m_object, {}, m_stop);
        if (!response && (!seen || seen->etag != etag()))
            return response.error();
        if (seen && seen->bytes != m_size)
            return Error{ErrorKind::Conflict, QStringLiteral("The object has %1 bytes, the file %2.").arg(seen->bytes).arg(m_size), m_object.text(), QStringLiteral("Did somebody else write it? Look at its versions."), {}};
        return seen;
    }

    /// S3's tag of an object made of parts: MD5 of the parts' MD5s, and how many there are.
    QString etag() const {
        QByteArray sums;
        for (const QJsonValue &part : m_parts)
            sums += QByteArray::fromHex(part.toObject().value(Q("md5")).toString().toLatin1());
        return QString::fromLatin1(md5Of(sums).toHex()) + QLatin1Char('-') + QString::number(m_parts.size());
    }

    /// Takes the parts back, also when the caller has stopped. Best effort: the error that led here is the one to read.
    void abort() {
        if (!m_id.isEmpty())
            (void)m_client.send(request("DELETE", {{"uploadId", m_id}}), m_object, {});
        forgetState();
    }
    bool goneOnServer(const Error &error) const { return m_resumed && error.kind == ErrorKind::NotFound; }
    void forget() {
        m_id.clear();
        m_parts = {};
        m_resumed = false;
    }

    QJsonObject identity() const {
        return {{Q("object"), m_object.text()}, {Q("endpoint"), m_client.endpoint().url}, {Q("file"), QFileInfo(m_input).absoluteFilePath()}, {Q("bytes"), m_size},
                {Q("changed"), m_changed.toUTC().toString(Qt::ISODateWithMs)}, {Q("part_bytes"), m_partBytes}};
    }
    void readState() {
        if (m_stateFile.isEmpty())
            return;
        const auto bytes = readFile(m_stateFile);
        const auto state = bytes ? parseJsonObject(*bytes, m_stateFile) : Result<QJsonObject>(bytes.error());
        if (!state)
            return;
        const QJsonObject of = state->value(Q("of")).toObject();
        if (of != identity()) { // of another file, or of this one before it changed
            if (of.value(Q("object")) == m_object.text() && of.value(Q("endpoint")) == m_client.endpoint().url)
                (void)m_client.send(request("DELETE", {{"uploadId", state->value(Q("upload")).toString()}}), m_object, m_stop);
            return;
        }
        m_id = state->value(Q("upload")).toString();
        m_parts = state->value(Q("parts")).toArray();
        m_resumed = !m_id.isEmpty();
    }
    Result<void> writeState() const {
        return m_stateFile.isEmpty() ? Result<void>() : writeFileAtomically(m_stateFile, prettyJson({{Q("of"), identity()}, {Q("upload"), m_id}, {Q("parts"), m_parts}}));
    }
    void forgetState() const {
        if (!m_stateFile.isEmpty())
            QFile::remove(m_stateFile);
    }

    const S3Client &m_client;
    S3Location m_object;
    QFile m_input;
    QString m_stateFile, m_id;
    std::stop_token m_stop;
    const Progress &m_progress;
    QJsonArray m_parts;
    QDateTime m_changed;
    qint64 m_size = 0, m_partBytes = 0;
    bool m_resumed = false;
};

Result<S3Object> S3Client::upload(const S3Location &object, const QString &file, const QString &stateFile, std::stop_token stop, const Progress &progress, qint64 partBytes) const {
    const QFileInfo info(file);
    if (!info.isFile())
        return notFound(QStringLiteral("There is no such file."), file);
    if (info.size() > std::max(partBytes, leastPart))
        return MultipartUpload(*this, object, file, stateFile, std::move(stop), progress).run(partBytes);
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    PH_ASSIGN(S3Object written, put(object, bytes, std::move(stop)));
    if (progress)
        progress(bytes.size(), bytes.size());
    return written;
}

} // namespace pilothouse::sources
