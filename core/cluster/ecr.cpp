// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/ecr.h"

#include "core/base/json.h"
#include "core/base/redact.h"

#include <QRegularExpression>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;
constexpr int mostPages = 200;

/// Times come as seconds since 1970, with a fraction.
QDateTime timeOf(const QJsonValue &value) { return value.isDouble() ? QDateTime::fromMSecsSinceEpoch(qint64(value.toDouble() * 1000), Qt::UTC) : QDateTime(); }

Error explained(const net::Request &request, const net::Response &response) {
    Error error = net::statusError(request, response);
    const QJsonObject body = QJsonDocument::fromJson(response.body).object();
    const QString type = body.value(Q("__type")).toString().section(QLatin1Char('#'), -1);
    QString message = body.value(Q("message")).toString();
    if (message.isEmpty())
        message = body.value(Q("Message")).toString();
    if (type.isEmpty())
        return error;
    error.what = QStringLiteral("ECR says: %1 (%2)").arg(redact(message.simplified()).left(300), type);
    if (type == Q("RepositoryNotFoundException") || type == Q("ImageNotFoundException"))
        error.kind = ErrorKind::NotFound;
    else if (type == Q("AccessDeniedException") || type == Q("UnrecognizedClientException") || type == Q("IncompleteSignatureException") || type == Q("ExpiredTokenException"))
        error.kind = ErrorKind::Denied;
    else if (type == Q("ThrottlingException") || type == Q("ServerException") || type == Q("LimitExceededException"))
        error.kind = ErrorKind::Unreachable;
    if (type == Q("InvalidSignatureException") || type == Q("RequestExpired")) {
        error.kind = ErrorKind::Denied;
        error.hint = message.contains(Q("expired"), Qt::CaseInsensitive) || message.contains(Q("not yet current"), Qt::CaseInsensitive)
                         ? QStringLiteral("The clock of this machine is wrong (AWS sees it as another time): set it, then try again.")
                         : QStringLiteral("Check the access key and its secret.");
    } else if (error.kind == ErrorKind::Denied) {
        error.hint = QStringLiteral("Check the access key; its user needs ecr:GetAuthorizationToken, ecr:BatchGetImage and ecr:DescribeImages.");
    }
    return error;
}

ImageFacts detail(const QJsonObject &object) {
    ImageFacts out;
    out.digest = object.value(Q("imageDigest")).toString();
    for (const QJsonValue &tag : object.value(Q("imageTags")).toArray())
        out.tags << tag.toString();
    out.bytes = object.value(Q("imageSizeInBytes")).toInteger();
    out.pushed = timeOf(object.value(Q("imagePushedAt")));
    const QJsonObject status = object.value(Q("imageScanStatus")).toObject(), summary = object.value(Q("imageScanFindingsSummary")).toObject();
    if (!status.isEmpty() || !summary.isEmpty()) {
        ScanSummary scan;
        scan.status = status.value(Q("status")).toString(QStringLiteral("COMPLETE"));
        scan.scanner = QStringLiteral("ECR");
        scan.completed = timeOf(summary.value(Q("imageScanCompletedAt")));
        const QJsonObject counts = summary.value(Q("findingSeverityCounts")).toObject();
        for (auto it = counts.begin(); it != counts.end(); ++it)
            if (it.value().toInt() > 0) {
                const QString word = it.key().toLower();
                scan.counts[word == Q("undefined") ? QStringLiteral("unknown") : word] += it.value().toInt();
            }
        out.scan = scan;
    }
    return out;
}

class EcrFacts final : public ImageFactsSource {
public:
    explicit EcrFacts(std::shared_ptr<Ecr> ecr) : m_ecr(std::move(ecr)) {}
    QString name() const override { return QStringLiteral("ECR"); }
    Result<ImageFacts> facts(const ImageReference &image, std::stop_token token) override {
        PH_ASSIGN(const auto found, m_ecr->images(image.repository, &image, token));
        if (found.empty())
            return notFound(QStringLiteral("ECR does not know %1.").arg(image.text()));
        return found.front();
    }
    Result<std::vector<ImageFacts>> all(const QString &repository, std::stop_token token) override { return m_ecr->images(repository, nullptr, token); }

private:
    std::shared_ptr<Ecr> m_ecr;
};

} // namespace

std::optional<EcrHost> ecrHost(const QString &host) {
    static const QRegularExpression form(QStringLiteral("\\A(\\d{12})\\.dkr\\.ecr(-fips)?\\.([a-z0-9-]+)\\.amazonaws\\.com(\\.cn)?\\z"));
    const auto match = form.match(host);
    if (!match.hasMatch())
        return {};
    const QString prefix = match.captured(2).isEmpty() ? QStringLiteral("api.ecr") : QStringLiteral("ecr-fips");
    return EcrHost{match.captured(1), match.captured(3), QStringLiteral("https://%1.%2.amazonaws.com%3").arg(prefix, match.captured(3), match.captured(4))};
}

Result<AwsKeys> awsKeysOf(const QString &user, const QString &secret) {
    if (!user.isEmpty())
        return AwsKeys{user, secret, {}};
    const QStringList parts = secret.trimmed().split(QLatin1Char(':'));
    if (parts.size() < 2 || parts.size() > 3 || parts.at(0).isEmpty() || parts.at(1).isEmpty())
        return invalid(QStringLiteral("The secret of an AWS connection without a user is no pair of keys."), {}, QStringLiteral("Store ACCESS_KEY:SECRET_KEY (and :SESSION_TOKEN for temporary ones), or name the access key in user."));
    return AwsKeys{parts.at(0), parts.at(1), parts.value(2)};
}

Ecr::Ecr(std::shared_ptr<net::HttpClient> http, QString account, QString region, std::function<Result<AwsKeys>()> keys, QString apiUrl, QString caFile)
    : m_http(std::move(http)), m_account(std::move(account)), m_region(std::move(region)), m_apiUrl(std::move(apiUrl)), m_caFile(std::move(caFile)), m_keys(std::move(keys)) {
    if (m_apiUrl.isEmpty())
        m_apiUrl = QStringLiteral("https://api.ecr.%1.amazonaws.com%2").arg(m_region, m_region.startsWith(Q("cn-")) ? QStringLiteral(".cn") : QString());
    while (m_apiUrl.endsWith(QLatin1Char('/')))
        m_apiUrl.chop(1);
}

Result<QJsonObject> Ecr::call(const QByteArray &action, const QJsonObject &body, std::stop_token token) {
    PH_ASSIGN(const AwsKeys keys, m_keys());
    net::Request request;
    request.method = "POST";
    request.url = m_apiUrl + QLatin1Char('/');
    request.headers << net::Header{"Content-Type", "application/x-amz-json-1.1"} << net::Header{"X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921." + action};
    request.body = compactJson(body);
    request.caFile = m_caFile;
    request.idempotent = true; // all of these only read
    request.aws = net::AwsSigning{keys.accessKey, keys.secretKey, keys.sessionToken, m_region, QStringLiteral("ecr")};
    PH_ASSIGN(const net::Response reply, m_http->send(request, token));
    if (reply.status >= 300)
        return explained(request, reply);
    return parseJsonObject(reply.body, request.url);
}

Result<RegistryLogin> Ecr::login(std::stop_token token) {
    PH_ASSIGN(const QJsonObject answer, call("GetAuthorizationToken", {}, token));
    const QJsonObject data = answer.value(Q("authorizationData")).toArray().at(0).toObject();
    const QString decoded = QString::fromUtf8(QByteArray::fromBase64(data.value(Q("authorizationToken")).toString().toLatin1()));
    const qsizetype colon = decoded.indexOf(QLatin1Char(':'));
    if (colon <= 0)
        return invalid(QStringLiteral("ECR gave no login."), m_apiUrl);
    QDateTime until = timeOf(data.value(Q("expiresAt")));
    if (!until.isValid())
        until = QDateTime::currentDateTimeUtc().addSecs(12 * 3600);
    return RegistryLogin{decoded.left(colon), decoded.mid(colon + 1), until.addSecs(-300)};
}

Result<std::vector<ImageFacts>> Ecr::images(const QString &repository, const ImageReference *image, std::stop_token token) {
    QJsonObject body{{Q("repositoryName"), repository}};
    if (!m_account.isEmpty())
        body.insert(Q("registryId"), m_account);
    if (image)
        body.insert(Q("imageIds"), QJsonArray{image->digest.isEmpty() ? QJsonObject{{Q("imageTag"), image->wanted()}} : QJsonObject{{Q("imageDigest"), image->digest}}});
    else
        body.insert(Q("maxResults"), 1000);
    std::vector<ImageFacts> out;
    for (int page = 0; page < mostPages; ++page) {
        PH_ASSIGN(const QJsonObject answer, call("DescribeImages", body, token));
        for (const QJsonValue &value : answer.value(Q("imageDetails")).toArray())
            out.push_back(detail(value.toObject()));
        const QString next = answer.value(Q("nextToken")).toString();
        if (next.isEmpty())
            break;
        body.insert(Q("nextToken"), next);
    }
    return out;
}

std::shared_ptr<ImageFactsSource> ecrFacts(std::shared_ptr<Ecr> ecr) { return std::make_shared<EcrFacts>(std::move(ecr)); }

} // namespace pilothouse::cluster
