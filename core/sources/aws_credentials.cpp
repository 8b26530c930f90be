// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/aws_credentials.h"

#include "core/base/file.h"
#include "core/sources/ini.h"

#include <QDir>

namespace pilothouse::sources {

namespace {

QString fileBy(const char *variable, const char *name) {
    const QString chosen = qEnvironmentVariable(variable);
    return chosen.isEmpty() ? QDir::homePath() + QLatin1String("/.aws/") + QLatin1String(name) : chosen;
}

IniFile readIni(const QString &path) {
    const auto bytes = readFile(path); // no such file is no error: there are other places
    return bytes ? parseIni(*bytes) : IniFile();
}

QString chosenProfile(const QString &profile) {
    const QString wanted = profile.isEmpty() ? qEnvironmentVariable("AWS_PROFILE") : profile;
    return wanted.isEmpty() ? QStringLiteral("default") : wanted;
}

} // namespace

Result<AwsCredentials> environmentCredentials(const QString &profile, const QString &file) {
    if (profile.isEmpty() && file.isEmpty() && !qEnvironmentVariableIsEmpty("AWS_ACCESS_KEY_ID"))
        return AwsCredentials{qEnvironmentVariable("AWS_ACCESS_KEY_ID"), qEnvironmentVariable("AWS_SECRET_ACCESS_KEY"), qEnvironmentVariable("AWS_SESSION_TOKEN")};
    const QString path = file.isEmpty() ? fileBy("AWS_SHARED_CREDENTIALS_FILE", "credentials") : file, name = chosenProfile(profile);
    const auto section = readIni(path).value(name);
    if (section.value(QStringLiteral("aws_access_key_id")).isEmpty()) {
        if (!profile.isEmpty())
            return notFound(QStringLiteral("There is no AWS profile “%1”.").arg(profile), path, QStringLiteral("Add it there, or name a workspace connection of kind s3."));
        return AwsCredentials{};
    }
    return AwsCredentials{section.value(QStringLiteral("aws_access_key_id")), section.value(QStringLiteral("aws_secret_access_key")), section.value(QStringLiteral("aws_session_token"))};
}

QString environmentRegion(const QString &profile) {
    for (const char *variable : {"AWS_REGION", "AWS_DEFAULT_REGION"})
        if (!qEnvironmentVariableIsEmpty(variable))
            return qEnvironmentVariable(variable);
    const QString name = chosenProfile(profile);
    const IniFile config = readIni(fileBy("AWS_CONFIG_FILE", "config"));
    const QString region = config.value(name == QLatin1String("default") ? name : QStringLiteral("profile ") + name).value(QStringLiteral("region"));
    return region.isEmpty() ? QStringLiteral("us-east-1") : region;
}

} // namespace pilothouse::sources
