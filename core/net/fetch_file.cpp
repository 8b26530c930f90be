// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/fetch_file.h"

#include "core/base/file.h"
#include "core/base/hash.h"

#include <QFileInfo>

namespace pilothouse::net {

Result<void> fetchFile(HttpClient &http, Request request, const QString &file, const QString &md5, std::stop_token token) {
    request.rawBytes = true;
    request.timeoutMs = 0;
    request.stallSeconds = 60;
    request.maxBytes = qint64(1) << 40;
    request.idempotent = false; // a repeat would write its begin a second time
    return writeFileAtomically(file, [&](int fd) -> Result<void> {
        Hasher hasher(Hasher::Kind::Md5);
        std::optional<Error> failed;
        qint64 written = 0;
        request.onData = [&](const char *bytes, std::size_t count) {
            if (const auto put = writeAll(fd, bytes, count, file); !put)
                failed = put.error();
            hasher.add(bytes, count);
            written += qint64(count);
            return !failed;
        };
        PH_ASSIGN(const Response reply, http.send(request, token));
        if (failed)
            return *failed;
        if (reply.status >= 300)
            return statusError(request, reply);
        const Error differs = invalid(QStringLiteral("%1 came with other bytes than the store has.").arg(QFileInfo(file).fileName()), {}, QStringLiteral("Try again; nothing was kept."));
        bool known = false;
        if (const qint64 length = reply.header("Content-Length").toLongLong(&known); known && length != written)
            return differs;
        const QByteArray sum = hasher.raw(), told = QByteArray::fromBase64(reply.header("Content-MD5"));
        if ((!told.isEmpty() && sum != told) || (!md5.isEmpty() && sum != QByteArray::fromHex(md5.toLatin1())))
            return differs;
        return {};
    });
}

} // namespace pilothouse::net
