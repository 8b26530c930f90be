// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/source_changed.h"

#include "core/base/redact.h"
#include "core/net/http_date.h"

#include <QFileInfo>
#include <QUrl>

namespace pilothouse::sources {

namespace {

constexpr int mostRedirects = 5;

Error doesNotSay(const QString &source) { return notFound(QStringLiteral("The server does not say when this was last changed."), redact(source)); }

Result<QDateTime> ofHttp(const QString &source, net::HttpClient &http, std::stop_token stop) {
    net::Request ask;
    ask.url = source;
    ask.headers.append(net::Header{"Range", "bytes=0-0"}); // not HEAD: some servers of files refuse it
    ask.onData = [](const char *, std::size_t) { return false; }; // nothing of a server that sends it all
    for (int k = 0; k <= mostRedirects; ++k) {
        PH_ASSIGN(const net::Response response, http.send(ask, stop));
        const QByteArray next = response.header("Location");
        if (response.status >= 300 && response.status < 400 && !next.isEmpty()) {
            ask.url = QUrl(ask.url).resolved(QUrl::fromEncoded(next)).toString(QUrl::FullyEncoded);
            continue;
        }
        if (response.status >= 400 && response.status != 416) // 416: it is empty, and there
            return net::statusError(ask, response);
        const QDateTime changed = net::httpDate(response.header("Last-Modified"));
        return changed.isValid() ? Result<QDateTime>(changed) : doesNotSay(source);
    }
    return Error{ErrorKind::Unreachable, QStringLiteral("It leads on and on, more than %1 times.").arg(mostRedirects), redact(source), {}, {}};
}

} // namespace

Result<QDateTime> sourceChanged(const SourceSpec &spec, const Access &access, std::stop_token stop) {
    switch (sourceKind(spec.source)) {
    case SourceKind::File: {
        const QFileInfo file(spec.source);
        if (!file.exists())
            return notFound(QStringLiteral("The data file is not there."), spec.source);
        return file.lastModified().toUTC();
    }
    case SourceKind::Http:
        return ofHttp(spec.source, *access.http, std::move(stop));
    case SourceKind::S3: {
        PH_ASSIGN(const S3Location object, parseS3Url(spec.source));
        PH_ASSIGN(const S3Client client, s3For(spec, access));
        PH_ASSIGN(const S3Object there, client.head(object, spec.version, std::move(stop)));
        return there.lastModified.isValid() ? Result<QDateTime>(there.lastModified) : doesNotSay(spec.source);
    }
    case SourceKind::Dvc:
        break;
    }
    return notFound(QStringLiteral("When data that DVC tracks was changed is not known: its pointer file has no time."), redact(spec.source), QStringLiteral("data_changed tells by its hash that it was."));
}

} // namespace pilothouse::sources
