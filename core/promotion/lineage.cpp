// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/promotion/lineage.h"

#include "core/base/clock.h"
#include "core/base/file.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

namespace pilothouse::promotion {

namespace {

using Q = QLatin1String;

QString lineIn(const QString &path) {
    const auto bytes = readFile(path);
    return bytes ? QString::fromUtf8(bytes->left(4096)).section(QLatin1Char('\n'), 0, 0).trimmed() : QString();
}

bool isCommit(const QString &text) {
    static const QRegularExpression pattern(QStringLiteral("\\A[0-9a-f]{40}([0-9a-f]{24})?\\z"));
    return pattern.match(text).hasMatch();
}

/// The folder of the repository: .git, or where a work tree's link file points.
QString gitFolder(QDir folder) {
    do {
        const QFileInfo git(folder.filePath(QStringLiteral(".git")));
        if (git.isDir())
            return git.absoluteFilePath();
        if (git.isFile()) {
            const QString link = lineIn(git.absoluteFilePath());
            return link.startsWith(Q("gitdir: ")) ? folder.absoluteFilePath(link.mid(8)) : QString();
        }
    } while (folder.cdUp());
    return {};
}

} // namespace

QString gitCommit(const QString &folder) {
    if (folder.isEmpty())
        return {};
    const QString git = gitFolder(QDir(folder));
    if (git.isEmpty())
        return {};
    const QString head = lineIn(git + QStringLiteral("/HEAD"));
    if (isCommit(head))
        return head;
    static const QRegularExpression plain(QStringLiteral("\\Aref: (refs/[A-Za-z0-9._/-]+)\\z"));
    const QString ref = plain.match(head).captured(1);
    if (ref.isEmpty() || ref.contains(Q("..")))
        return {};
    const QString common = lineIn(git + QStringLiteral("/commondir")); // of a work tree: refs lie with the main repository
    const QString home = common.isEmpty() ? git : QDir(git).absoluteFilePath(common);
    if (const QString loose = lineIn(home + QLatin1Char('/') + ref); isCommit(loose))
        return loose;
    const auto packed = readFile(home + QStringLiteral("/packed-refs"));
    if (packed)
        for (const QByteArray &line : packed->split('\n'))
            if (line.mid(41) == ref.toUtf8() && isCommit(QString::fromLatin1(line.left(40))))
                return QString::fromLatin1(line.left(40));
    return {};
}

QJsonObject lineageOf(const artifact::Package &package, const registry::Version &version, const std::optional<registry::Run> &run, const QString &codeFolder, const QString &requester) {
    const auto tag = [&](const char *key) { return version.tags.value(Q(key), run ? run->tags.value(Q(key)) : QString()); };
    const QJsonObject data{{Q("source"), package.data.value(Q("source"))}, {Q("rows"), package.data.value(Q("rows"))}, {Q("sha256"), package.data.value(Q("sha256"))}};
    QJsonObject out{{Q("data"), data},
                    {Q("run"), version.runId.isEmpty() ? package.runId : version.runId},
                    {Q("user"), version.user},
                    {Q("requester"), requester},
                    {Q("estimator"), package.estimator},
                    {Q("created"), version.created.isValid() ? isoUtc(version.created) : package.created}};
    const auto tell = [&](const char *key, const QString &text) {
        if (!text.trimmed().isEmpty())
            out.insert(Q(key), text.trimmed());
    };
    const QString named = tag("mlflow.source.git.commit");
    tell("code", named.isEmpty() ? gitCommit(codeFolder) : named);
    tell("image", tag("image") + QLatin1Char(' ') + tag("image.digest"));
    tell("pipeline", tag("pipeline.run") + QLatin1Char(' ') + tag("pipeline.url"));
    if (run)
        tell("run_name", run->name);
    return out;
}

} // namespace pilothouse::promotion
