// SPDX-License-Identifier: GPL-3.0-or-later
// What Harbor and Docker Hub tell beside the distribution protocol: push times, findings of their scanners.
#include "core/cluster/image_registry.h"

#include "core/base/json.h"

#include <QUrl>

#include <algorithm>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;
constexpr int mostPages = 50;

QDateTime timeOf(const QJsonValue &value) {
    const QDateTime time = QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC();
    return time.isValid() && time.date().year() >= 2000 ? time : QDateTime(); // Harbor writes 0001-01-01 for "never"
}

Result<QJsonDocument> getJson(net::HttpClient &http, net::Request request, std::stop_token token) {
    PH_ASSIGN(const net::Response reply, http.send(request, token));
    if (reply.status >= 300)
        return net::statusError(request, reply);
    QJsonParseError problem;
    const QJsonDocument document = QJsonDocument::fromJson(reply.body, &problem);
    if (document.isNull())
        return invalid(QStringLiteral("The answer is no JSON: %1.").arg(problem.errorString()), request.url);
    return document;
}

/// An artifact of Harbor's API v2.0: {"digest","size","push_time","tags":[{"name","push_time"}],"scan_overview":{MIME:{"scan_status","scanner":{"name"},"end_time",
/// "summary":{"summary":{"Critical":1}}}}}.
ImageFacts harborArtifact(const QJsonObject &artifact, const QString &tag) {
    ImageFacts out;
    out.digest = artifact.value(Q("digest")).toString();
    out.bytes = artifact.value(Q("size")).toInteger();
    out.pushed = timeOf(artifact.value(Q("push_time")));
    for (const QJsonValue &value : artifact.value(Q("tags")).toArray()) {
        const QString name = value.toObject().value(Q("name")).toString();
        out.tags << name;
        if (const QDateTime pushed = timeOf(value.toObject().value(Q("push_time"))); name == tag && pushed.isValid())
            out.pushed = pushed; // a tag may have been moved there later than the bytes came
    }
    const QJsonObject overview = artifact.value(Q("scan_overview")).toObject();
    if (!overview.isEmpty()) {
        const QJsonObject report = overview.begin().value().toObject();
        ScanSummary scan;
        scan.status = report.value(Q("scan_status")).toString();
        scan.scanner = report.value(Q("scanner")).toObject().value(Q("name")).toString();
        scan.completed = timeOf(report.value(Q("end_time")));
        const QJsonObject counts = report.value(Q("summary")).toObject().value(Q("summary")).toObject();
        for (auto it = counts.begin(); it != counts.end(); ++it)
            if (it.value().toInt() > 0)
                scan.counts.insert(it.key().toLower() == Q("negligible") || it.key().toLower() == Q("none") ? QStringLiteral("informational") : it.key().toLower(), it.value().toInt());
        out.scan = scan;
    }
    return out;
}

class Harbor final : public ImageFactsSource {
public:
    Harbor(RegistryAccess access, std::shared_ptr<net::HttpClient> http) : m_access(std::move(access)), m_http(std::move(http)) {}
    QString name() const override { return QStringLiteral("Harbor"); }

    Result<ImageFacts> facts(const ImageReference &image, std::stop_token token) override {
        PH_ASSIGN(const QString path, artifacts(image.repository));
        PH_ASSIGN(const QJsonDocument answer, get(path + QLatin1Char('/') + QString::fromLatin1(QUrl::toPercentEncoding(image.wanted(), ":")) + QStringLiteral("?with_tag=true&with_scan_overview=true"), token));
        return harborArtifact(answer.object(), image.tag);
    }
    Result<std::vector<ImageFacts>> all(const QString &repository, std::stop_token token) override {
        PH_ASSIGN(const QString path, artifacts(repository));
        std::vector<ImageFacts> out;
        for (int page = 1; page <= mostPages; ++page) {
            PH_ASSIGN(const QJsonDocument answer, get(path + QStringLiteral("?with_tag=true&with_scan_overview=true&page_size=100&page=%1").arg(page), token));
            for (const QJsonValue &value : answer.array())
                out.push_back(harborArtifact(value.toObject(), {}));
            if (answer.array().size() < 100)
                break;
        }
        return out;
    }

private:
    Result<QString> artifacts(const QString &repository) const {
        const qsizetype slash = repository.indexOf(QLatin1Char('/'));
        if (slash < 0)
            return notFound(QStringLiteral("“%1” names no project of Harbor.").arg(repository));
        const QByteArray once = QUrl::toPercentEncoding(repository.mid(slash + 1)); // Harbor takes a slash encoded twice
        return QStringLiteral("/api/v2.0/projects/%1/repositories/%2/artifacts").arg(QString::fromLatin1(QUrl::toPercentEncoding(repository.left(slash))), QString::fromLatin1(QUrl::toPercentEncoding(QString::fromLatin1(once))));
    }
    Result<QJsonDocument> get(const QString &path, std::stop_token token) {
        net::Request request;
        request.url = m_access.apiUrl() + path;
        request.caFile = m_access.caFile;
        request.headers << net::Header{"X-Accept-Vulnerabilities", "application/vnd.security.vulnerability.report; version=1.1, application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0"};
        if (m_access.login) {
            PH_ASSIGN(const RegistryLogin login, m_access.login(token));
            request.headers << net::Header{"Authorization", "Basic " + (login.user + QLatin1Char(':') + login.password).toUtf8().toBase64()};
        }
        return getJson(*m_http, std::move(request), token);
    }
    RegistryAccess m_access;
    std::shared_ptr<net::HttpClient> m_http;
};

/// hub.docker.com/v2/repositories/NAMESPACE/NAME/tags: {"results":[{"name","digest","full_size","tag_last_pushed","images":[{"digest",…}]}],"next"}. Without a
/// login: the registry's password is not its, and what it tells of public repositories is enough.
class DockerHub final : public ImageFactsSource {
public:
    DockerHub(std::shared_ptr<net::HttpClient> http, QString api) : m_http(std::move(http)), m_api(std::move(api)) {}
    QString name() const override { return QStringLiteral("Docker Hub"); }

    Result<ImageFacts> facts(const ImageReference &image, std::stop_token token) override {
        if (!image.digest.isEmpty() && image.tag.isEmpty())
            return notFound(QStringLiteral("Docker Hub tells push times by tag only."));
        net::Request request;
        request.url = m_api + QStringLiteral("/v2/repositories/%1/tags/%2").arg(image.repository, image.tag.isEmpty() ? QStringLiteral("latest") : image.tag);
        PH_ASSIGN(const QJsonDocument answer, getJson(*m_http, request, token));
        return tag(answer.object());
    }
    Result<std::vector<ImageFacts>> all(const QString &repository, std::stop_token token) override {
        std::vector<ImageFacts> out;
        QString url = m_api + QStringLiteral("/v2/repositories/%1/tags?page_size=100").arg(repository);
        for (int page = 0; page < mostPages && !url.isEmpty(); ++page) {
            net::Request request;
            request.url = url;
            PH_ASSIGN(const QJsonDocument answer, getJson(*m_http, request, token));
            for (const QJsonValue &value : answer.object().value(Q("results")).toArray())
                out.push_back(tag(value.toObject()));
            url = answer.object().value(Q("next")).toString();
            if (!url.startsWith(m_api + QLatin1Char('/')))
                break;
        }
        return out;
    }

private:
    static ImageFacts tag(const QJsonObject &object) {
        ImageFacts out;
        out.digest = object.value(Q("digest")).toString();
        out.tags = QStringList{object.value(Q("name")).toString()};
        out.bytes = object.value(Q("full_size")).toInteger();
        out.pushed = timeOf(object.value(Q("tag_last_pushed")));
        if (!out.pushed.isValid())
            out.pushed = timeOf(object.value(Q("last_updated")));
        return out;
    }
    std::shared_ptr<net::HttpClient> m_http;
    QString m_api;
};

} // namespace

std::shared_ptr<ImageFactsSource> harborFacts(RegistryAccess access, std::shared_ptr<net::HttpClient> http) { return std::make_shared<Harbor>(std::move(access), std::move(http)); }
std::shared_ptr<ImageFactsSource> dockerHubFacts(std::shared_ptr<net::HttpClient> http, const QString &api) { return std::make_shared<DockerHub>(std::move(http), api); }

} // namespace pilothouse::cluster
