// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/image_of_version.h"

#include "core/workspace/workspace.h"

#include <QCoreApplication>
#include <QRegularExpression>

#include <optional>

namespace pilothouse::fleet {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ImagesOfVersions)
};

} // namespace

QString commitOfSource(const registry::Version &version) {
    static const QRegularExpression form(QStringLiteral("^([0-9a-f]{40}):"));
    return form.match(version.source).captured(1);
}

Result<QString> ImagesOfVersions::imageOf(const registry::Version &version) const {
    if (m_image.isEmpty())
        return invalid(Text::tr("The workspace does not say which image a version of %1 has.").arg(m_model), {}, Text::tr("Add it to its deployment, for example image: \"ghcr.io/team/api:{commit}\"."));
    std::optional<registry::Run> run;
    const auto commit = [&]() -> QString {
        for (const char *key : {"mlflow.source.git.commit", "commit", "git.commit"}) {
            const QString name = QLatin1String(key);
            if (const QString own = version.tags.value(name); !own.isEmpty())
                return own;
            if (!run && !version.runId.isEmpty() && m_registry->keepsRuns())
                if (auto found = m_registry->run(version.runId))
                    run = *std::move(found);
            if (const QString of = run ? run->tags.value(name) : QString(); !of.isEmpty())
                return of;
        }
        return commitOfSource(version);
    };
    QString out = m_image;
    for (const QString &placeholder : workspace::imagePlaceholders(m_image)) {
        QString value;
        if (placeholder == QLatin1String("version"))
            value = QString::number(version.version);
        else if (placeholder == QLatin1String("model"))
            value = version.model;
        else if (placeholder == QLatin1String("run"))
            value = version.runId;
        else if (placeholder.startsWith(QLatin1String("tag:")))
            value = version.tags.value(placeholder.mid(4));
        else if (placeholder.startsWith(QLatin1String("commit")))
            value = placeholder.size() > 7 ? commit().left(placeholder.mid(7).toInt()) : commit();
        if (value.isEmpty())
            return invalid(Text::tr("The image of %1 version %2 is not known: it has no {%3}.").arg(version.model).arg(version.version).arg(placeholder), m_image,
                           placeholder.startsWith(QLatin1String("tag:")) ? Text::tr("Set the tag: pilot registry tag %1 %2 %3 VALUE.").arg(version.model).arg(version.version).arg(placeholder.mid(4))
                                                                          : Text::tr("A build sets the tag “commit” of the version, or deployment.image names another one."));
        out.replace(QLatin1Char('{') + placeholder + QLatin1Char('}'), value);
    }
    return out;
}

Result<QString> ImagesOfVersions::imageOf(int number) const {
    PH_ASSIGN(const registry::Version version, m_registry->version(m_model, number));
    return imageOf(version);
}

int ImagesOfVersions::versionOf(const QString &image) const {
    const QString wanted = image.section(QLatin1Char('@'), 0, 0);
    const std::lock_guard lock(m_mutex);
    if (const auto it = m_known.constFind(wanted); it != m_known.constEnd())
        return *it;
    const auto now = std::chrono::steady_clock::now();
    if (m_image.isEmpty() || (m_listed.time_since_epoch().count() != 0 && now - m_listed < std::chrono::minutes(1)))
        return 0;
    m_listed = now;
    if (const auto versions = m_registry->versions(m_model))
        for (auto it = versions->rbegin(); it != versions->rend(); ++it) // the newest last: it counts
            if (const auto of = imageOf(*it))
                m_known.insert(of->section(QLatin1Char('@'), 0, 0), it->version);
    return m_known.value(wanted, 0);
}

} // namespace pilothouse::fleet
