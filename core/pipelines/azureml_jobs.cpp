// SPDX-License-Identifier: GPL-3.0-or-later
// The list of jobs. ARM gives it newest first, in pages: read whole once, and then only as far down as something is new.
#include "core/pipelines/azureml_pipelines.h"

#include <QJsonArray>
#include <QSet>
#include <QUrl>

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;

constexpr int mostPages = 20, mostLookedAt = 20;
constexpr qint64 wholeSeconds = 1800; ///< what was archived far down is noticed that late

QString nameOf(const QJsonObject &job) { return job.value(Q("name")).toString(); }
QJsonObject properties(const QJsonObject &job) { return job.value(Q("properties")).toObject(); }
QDateTime created(const QJsonObject &job) { return QDateTime::fromString(job.value(Q("systemData")).toObject().value(Q("createdAt")).toString(), Qt::ISODateWithMs); }

} // namespace

/// A page of the list; gives where the next one is, empty: there is none.
Result<QString> AzurePipelines::page(const QString &url, std::vector<QJsonObject> &into) const {
    PH_ASSIGN(const QJsonObject reply, call("GET", url));
    for (const QJsonValue &value : reply.value(Q("value")).toArray())
        into.push_back(value.toObject());
    const QString next = reply.value(Q("nextLink")).toString();
    if (!next.isEmpty() && !isSamePlace(next, m_place.arm)) // the token goes to no other place than the one that was asked
        return invalid(QStringLiteral("Azure ML names another place for the next page."), QUrl(next).host());
    return next;
}

Result<void> AzurePipelines::refresh() const {
    const QDateTime now = m_at.clock->nowUtc();
    const QString first = arm(QStringLiteral("/jobs"), QStringLiteral("listViewType=ActiveOnly"));
    std::vector<QJsonObject> fresh;
    if (!m_known.since.isValid() || m_known.since.secsTo(now) > wholeSeconds) {
        PH_ASSIGN(const QString next, page(first, fresh));
        m_known = {std::move(fresh), next, now, 1};
        return {};
    }
    QHash<QString, std::size_t> at;
    for (std::size_t i = 0; i < m_known.jobs.size(); ++i)
        at.insert(nameOf(m_known.jobs[i]), i);
    std::size_t below = 0; // of what was known, that is below what has been read now
    QString next = first;
    int pages = 0;
    for (bool met = false; pages < mostPages && !next.isEmpty() && !met; ++pages) {
        const std::size_t before = fresh.size();
        PH_ASSIGN(next, page(next, fresh));
        for (std::size_t i = before; i < fresh.size(); ++i)
            if (const auto found = at.constFind(nameOf(fresh[i])); found != at.constEnd()) {
                met = true;
                below = std::max(below, *found + 1);
            }
    }
    if (next.isEmpty() || below == 0) { // all of it, or nothing that was known
        m_known = {std::move(fresh), next, now, pages};
        return {};
    }
    QSet<QString> seen;
    for (const QJsonObject &job : fresh)
        seen << nameOf(job);
    int looked = 0;
    for (std::size_t i = below; i < m_known.jobs.size(); ++i) {
        QJsonObject &job = m_known.jobs[i];
        if (seen.contains(nameOf(job)))
            continue;
        if (!hasEnded(azureState(properties(job).value(Q("status")).toString())) && looked++ < mostLookedAt) {
            const auto anew = call("GET", arm(QStringLiteral("/jobs/") + QString::fromLatin1(QUrl::toPercentEncoding(nameOf(job)))));
            if (!anew && anew.error().kind == ErrorKind::NotFound)
                continue;
            if (!anew)
                return anew.error();
            job = *anew;
        }
        fresh.push_back(job);
    }
    m_known.jobs = std::move(fresh);
    return {};
}

Result<std::vector<QJsonObject>> AzurePipelines::jobs(const QString &experiment, int limit) const {
    const std::lock_guard lock(m_mutex);
    PH_TRY(refresh());
    const auto has = [&] { return std::count_if(m_known.jobs.begin(), m_known.jobs.end(), [&](const QJsonObject &job) { return properties(job).value(Q("experimentName")).toString() == experiment; }); };
    while (!m_known.next.isEmpty() && m_known.pages < mostPages && (experiment.isEmpty() || has() < limit)) {
        std::vector<QJsonObject> more;
        PH_ASSIGN(const QString next, page(m_known.next, more));
        QSet<QString> seen; // with what came meanwhile the pages have moved down
        for (const QJsonObject &job : m_known.jobs)
            seen << nameOf(job);
        for (QJsonObject &job : more)
            if (!seen.contains(nameOf(job)))
                m_known.jobs.push_back(std::move(job));
        m_known.next = next;
        ++m_known.pages;
    }
    std::vector<QJsonObject> all;
    QMap<QString, int> counted;
    for (const QJsonObject &job : m_known.jobs)
        if (const QString of = properties(job).value(Q("experimentName")).toString(); (experiment.isEmpty() || of == experiment) && counted[of]++ < limit)
            all.push_back(job);
    std::stable_sort(all.begin(), all.end(), [](const QJsonObject &a, const QJsonObject &b) { return created(a) > created(b); });
    return all;
}

} // namespace pilothouse::pipelines
