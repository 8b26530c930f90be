// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/eks_token.h"

#include "core/base/hash.h"
#include "core/net/aws_signature.h"

#include <QFileInfo>
#include <QUrl>

namespace pilothouse::cluster {

namespace {

/// The value of "--name VALUE" or "--name=VALUE".
QString option(const QStringList &args, const QStringList &names) {
    for (qsizetype i = 0; i < args.size(); ++i)
        for (const QString &name : names) {
            if (args[i] == name && i + 1 < args.size())
                return args[i + 1];
            if (name.startsWith(QLatin1String("--")) && args[i].startsWith(name + QLatin1Char('=')))
                return args[i].mid(name.size() + 1);
        }
    return {};
}

/// HASH.gr7.eu-west-1.eks.amazonaws.com → eu-west-1.
QString regionOfServer(const QString &server) {
    const QStringList parts = QUrl(server).host().split(QLatin1Char('.'));
    const qsizetype eks = parts.indexOf(QStringLiteral("eks"));
    return eks > 0 && parts.value(eks + 1) == QLatin1String("amazonaws") ? parts[eks - 1] : QString();
}

} // namespace

std::optional<EksRequest> eksRequest(const KubeAccess &access) {
    if (!access.exec)
        return std::nullopt;
    const KubeExec &exec = *access.exec;
    const QString program = QFileInfo(exec.command).fileName();
    const qsizetype eks = exec.args.indexOf(QStringLiteral("eks"));
    const bool aws = program == QLatin1String("aws") && eks >= 0 && exec.args.value(eks + 1) == QLatin1String("get-token");
    const bool authenticator = program == QLatin1String("aws-iam-authenticator") && exec.args.contains(QStringLiteral("token"));
    if (!aws && !authenticator)
        return std::nullopt;
    EksRequest request;
    request.cluster = aws ? option(exec.args, {QStringLiteral("--cluster-name"), QStringLiteral("--cluster-id")}) : option(exec.args, {QStringLiteral("--cluster-id"), QStringLiteral("-i")});
    request.region = option(exec.args, {QStringLiteral("--region")});
    request.profile = aws ? option(exec.args, {QStringLiteral("--profile")}) : QString();
    request.role = aws ? option(exec.args, {QStringLiteral("--role-arn"), QStringLiteral("--role")}) : option(exec.args, {QStringLiteral("--role"), QStringLiteral("-r")});
    for (const auto &[name, value] : exec.environment) {
        if (request.region.isEmpty() && (name == QLatin1String("AWS_REGION") || name == QLatin1String("AWS_DEFAULT_REGION")))
            request.region = value;
        if (request.profile.isEmpty() && name == QLatin1String("AWS_PROFILE"))
            request.profile = value;
    }
    if (request.region.isEmpty())
        request.region = regionOfServer(access.server);
    return request.cluster.isEmpty() ? std::nullopt : std::optional(request);
}

QByteArray stsUrl(const QString &region) { return "https://sts." + region.toLatin1() + (region.startsWith(QLatin1String("cn-")) ? ".amazonaws.com.cn/" : ".amazonaws.com/"); }

ExecAnswer eksToken(const QString &cluster, const QString &region, const sources::AwsCredentials &credentials, const QDateTime &now) {
    const net::AwsSigning signing{credentials.accessKey, credentials.secretKey, credentials.sessionToken, region, QStringLiteral("sts")};
    const QByteArray url = net::awsPresignedUrl("GET", stsUrl(region) + "?Action=GetCallerIdentity&Version=2011-06-15", {{"x-k8s-aws-id", cluster.toUtf8()}}, signing, now, 60, sha256Hex({}).toLatin1());
    ExecAnswer answer;
    answer.credential.authorization = "Bearer k8s-aws-v1." + url.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    answer.expires = now.addSecs(14 * 60);
    return answer;
}

} // namespace pilothouse::cluster
