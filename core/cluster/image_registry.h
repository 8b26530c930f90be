// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/image_reference.h"
#include "core/cluster/registry_session.h"

#include <QDateTime>
#include <QJsonObject>

#include <vector>

namespace pilothouse::cluster {

/// What a scanner found in an image, counted by severity.
struct ScanSummary {
    QString status;    ///< as the registry says it: "COMPLETE", "Success", "PENDING" …
    QString scanner;   ///< "ECR", "Trivy"; may be empty
    QMap<QString, int> counts; ///< "critical", "high", "medium", "low", "informational", "unknown": those that are more than none
    QDateTime completed;
    QString text() const; ///< "2 critical, 5 high", "nothing found", "scan pending"
};

/// What only some registries tell of a tag, beside the distribution protocol.
struct ImageFacts {
    QString digest;    ///< of what the tag names
    QStringList tags;
    qint64 bytes = 0;
    QDateTime pushed;
    std::optional<ScanSummary> scan;
};

/// One manifest of an index.
struct ImagePlatform {
    QString os, architecture, variant;
    QString digest;
    qint64 bytes = 0; ///< of the manifest itself
    QString text() const; ///< "linux/arm64/v8"
};

/// One image as its registry has it, the bytes checked against their digests.
struct ImageInfo {
    ImageReference reference;   ///< as it was asked for
    QString digest;             ///< of what the name names: an index's or a manifest's
    QString mediaType;
    std::vector<ImagePlatform> platforms; ///< of an index, without its attestations; empty: it is one manifest
    QString platform;           ///< "linux/amd64": whose configuration was read
    QString platformDigest;     ///< of that manifest; the same as `digest` without an index
    QString configDigest;       ///< what some runtimes call the image's id
    QMap<QString, QString> labels;
    QString revision, version, source; ///< org.opencontainers.image.*: of the configuration's labels, else of the annotations
    QDateTime created;          ///< as the configuration says; builders of reproducible images write 1970: then invalid
    qint64 bytes = 0;           ///< configuration and layers, compressed
    QDateTime pushed;           ///< where the registry tells
    std::optional<ScanSummary> scan;
    QStringList tags;           ///< others of the same bytes, where the registry tells
    QStringList digests() const; ///< index, platforms, configuration: what a pod may say it runs
    bool isKnownAs(const QString &digest) const { return digests().contains(digest); }
    /// {"reference","digest","mediaType","platforms":[{"platform","digest"}],"platform","platformDigest","configDigest","labels","revision","version",
    /// "source","created"|null,"bytes","pushed"|null,"scan":{"status","counts","completed"}|null,"tags"}
    QJsonObject toJson() const;
};

/// A tag of a repository.
struct ImageTag {
    QString name, digest; ///< digest: where the registry lists it
    qint64 bytes = 0;
    QDateTime pushed;
    std::optional<ScanSummary> scan;
    QJsonObject toJson() const; ///< {"tag","digest","bytes","pushed"|null,"scan"|null}
};

/// What a registry says beside the protocol. Errors are the registry's; NotFound: it has no such image.
class ImageFactsSource {
public:
    virtual ~ImageFactsSource() = default;
    virtual QString name() const = 0; ///< "ECR", "Harbor", "Docker Hub"
    virtual Result<ImageFacts> facts(const ImageReference &image, std::stop_token token) = 0;
    virtual Result<std::vector<ImageFacts>> all(const QString &repository, std::stop_token token) = 0;
};

/// One registry. Blocking; any thread. Errors as RegistrySession; Invalid for bytes that are not what their digest says.
class ImageRegistry {
public:
    ImageRegistry(RegistryAccess access, std::shared_ptr<net::HttpClient> http, std::shared_ptr<ImageFactsSource> facts = {}, std::shared_ptr<const Clock> clock = std::make_shared<SystemClock>());
    const RegistryAccess &access() const { return m_session->access(); }
    RegistrySession &session() { return *m_session; }

    /// GET /v2/: it answers, and takes the credential.
    Result<void> check(std::stop_token token = {});
    /// Repositories by name (_catalog); Denied or NotFound where a registry does not list (Docker Hub, GHCR).
    Result<QStringList> repositories(std::stop_token token = {});
    /// Newest first where the registry tells when they were pushed, else by name, numbers by their value, the highest first.
    Result<std::vector<ImageTag>> tags(const QString &repository, std::stop_token token = {});
    /// The digest that a name has now (HEAD, which costs no pull). NotFound if it is not there.
    Result<QString> digest(const ImageReference &image, std::stop_token token = {});
    /// Everything: manifest or index, the platform's manifest, configuration, push time, findings. `platform`: "linux/amd64"; an index without it gives its first.
    /// A facts source that fails leaves its part empty.
    Result<ImageInfo> image(const ImageReference &image, std::stop_token token = {}, const QString &platform = QStringLiteral("linux/amd64"));

private:
    struct Manifest {
        QString digest, mediaType;
        QJsonObject object;
    };
    Result<Manifest> manifest(const QString &repository, const QString &wanted, std::stop_token token);
    Result<QByteArray> blob(const QString &repository, const QString &digest, std::stop_token token);
    Result<QStringList> pages(QString path, const QString &repository, const QString &scope, const char *key, std::stop_token token);
    std::shared_ptr<ImageFactsSource> factsSource();
    std::shared_ptr<RegistrySession> m_session;
    std::shared_ptr<net::HttpClient> m_http;
    std::shared_ptr<ImageFactsSource> m_facts;
};

/// Where a registry tells more: Harbor's API (found by its challenge) and Docker Hub's; null for others. ECR: ecr.h.
std::shared_ptr<ImageFactsSource> harborFacts(RegistryAccess access, std::shared_ptr<net::HttpClient> http);
std::shared_ptr<ImageFactsSource> dockerHubFacts(std::shared_ptr<net::HttpClient> http, const QString &api = QStringLiteral("https://hub.docker.com"));

} // namespace pilothouse::cluster
