// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/image_registry.h"

#include <optional>

namespace pilothouse::cluster {

/// A private registry of AWS by its host: "123456789012.dkr.ecr.eu-central-1.amazonaws.com" (also -fips and .com.cn).
struct EcrHost {
    QString account, region;
    QString apiUrl; ///< "https://api.ecr.eu-central-1.amazonaws.com"
};
std::optional<EcrHost> ecrHost(const QString &host);

/// The keys of one AWS identity; asked for when a call is signed and kept nowhere.
struct AwsKeys {
    QString accessKey, secretKey, sessionToken;
};

/// The ECR API (JSON 1.1, Signature 4): what the `aws` program would be needed for. Blocking; any thread.
/// Errors: Denied (keys, rights), NotFound (RepositoryNotFoundException, ImageNotFoundException), Invalid; a clock that is wrong is named as such.
class Ecr {
public:
    Ecr(std::shared_ptr<net::HttpClient> http, QString account, QString region, std::function<Result<AwsKeys>()> keys, QString apiUrl = {}, QString caFile = {});
    /// GetAuthorizationToken: "AWS" and a password for twelve hours.
    Result<RegistryLogin> login(std::stop_token token = {});
    /// DescribeImages, all pages; `image` alone if one is named.
    Result<std::vector<ImageFacts>> images(const QString &repository, const ImageReference *image = nullptr, std::stop_token token = {});
    const QString &region() const { return m_region; }

private:
    Result<QJsonObject> call(const QByteArray &action, const QJsonObject &body, std::stop_token token);
    std::shared_ptr<net::HttpClient> m_http;
    QString m_account, m_region, m_apiUrl, m_caFile;
    std::function<Result<AwsKeys>()> m_keys;
};

std::shared_ptr<ImageFactsSource> ecrFacts(std::shared_ptr<Ecr> ecr);
/// "AKID:SECRET" or "AKID:SECRET:TOKEN" in one secret, or the secret key alone where `user` is the access key. Invalid otherwise, without the value.
Result<AwsKeys> awsKeysOf(const QString &user, const QString &secret);

} // namespace pilothouse::cluster
