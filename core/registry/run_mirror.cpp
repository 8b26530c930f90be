// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/run_mirror.h"

#include "core/artifact/package.h"
#include "core/base/hash.h"

#include <QSet>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <thread>
#include <tuple>

namespace pilothouse::registry {

namespace {

using Q = QLatin1String;

/// A point as every registry keeps it: times in milliseconds, one zero, one NaN.
using PointKey = std::tuple<QString, qint64, qint64, std::uint64_t>;
PointKey keyOf(const MetricPoint &p) {
    const double value = std::isnan(p.value) ? std::numeric_limits<double>::quiet_NaN() : p.value == 0 ? 0.0 : p.value;
    return {p.name, p.step, p.time.toMSecsSinceEpoch(), std::bit_cast<std::uint64_t>(value)};
}
using PointCounts = std::map<PointKey, int>;

QString digestOf(const MirroredTexts &texts) {
    QByteArray all;
    for (const auto &map : {texts.params, texts.tags}) {
        for (auto it = map.begin(); it != map.end(); ++it)
            all += it.key().toUtf8() + '\0' + it.value().toUtf8() + '\0';
        all += '\1';
    }
    return sha256Hex(all);
}

/// The first key whose value is another one there, or none.
QString differing(const QMap<QString, QString> &here, const QMap<QString, QString> &there) {
    for (auto it = here.begin(); it != here.end(); ++it)
        if (there.value(it.key()) != it.value())
            return it.key();
    return {};
}

} // namespace

RunMirror::RunMirror(std::shared_ptr<MirrorStore> store, std::shared_ptr<Registry> here, std::shared_ptr<Registry> there, TextsOf texts, Mirror row)
    : m_store(std::move(store)), m_here(std::move(here)), m_there(std::move(there)), m_texts(std::move(texts)), m_row(std::move(row)), m_takenUp(!m_row.packageSent.isEmpty()) {}

Result<Run> RunMirror::runHere() const {
    PH_ASSIGN(Run run, m_here->run(m_row.run));
    if (const QString there = m_texts(run).experiment; !there.isEmpty())
        run.experiment = there;
    return run;
}

Result<void> RunMirror::look() {
    if (!m_there->keepsRuns()) { // the version will name the run as it is called here
        m_row.error = {};
        m_row.runThere = m_row.run;
        return {};
    }
    PH_ASSIGN(const Run run, runHere());
    PH_ASSIGN(const auto copy, m_there->copyOf(run.experiment, run.id));
    if (!copy && !m_row.runThere.isEmpty())
        return notFound(QStringLiteral("The run %1 was on %2 as %3 and is gone there.").arg(run.name, m_there->source(), m_row.runThere), {},
                        QStringLiteral("Somebody deleted it. Give it up (pilot registry sync --abandon %1), or have it sent anew (--restart %1).").arg(run.id));
    m_row.error = {};
    if (copy && m_row.runThere != copy->id) { // made by a call whose answer was lost
        m_row.runThere = copy->id;
        PH_TRY(m_store->save(m_row));
    }
    return {};
}

Result<void> RunMirror::begin() {
    if (!m_there->keepsRuns())
        return look();
    PH_ASSIGN(const Run run, runHere());
    if (m_row.runThere.isEmpty()) {
        PH_ASSIGN(const auto copy, m_there->copyOf(run.experiment, run.id));
        if (copy) {
            m_row.runThere = copy->id;
        } else {
            PH_ASSIGN(m_row.runThere, m_there->copyRun(run));
        }
        PH_TRY(m_store->save(m_row));
    }
    if (!m_row.finished.isEmpty() && run.status == RunStatus::Running) {
        PH_TRY(m_there->finishCopy(m_row.runThere, RunStatus::Running, {}, {}));
        m_row.finished.clear();
        PH_TRY(m_store->save(m_row));
    }
    return {};
}

Result<void> RunMirror::sendTexts(const Run &run) {
    const MirroredTexts texts = m_texts(run);
    const QString digest = digestOf(texts);
    if (digest == m_row.attributes)
        return {};
    if (!texts.params.isEmpty())
        PH_TRY(m_there->logParams(m_row.runThere, texts.params));
    if (!texts.tags.isEmpty())
        PH_TRY(m_there->setRunTags(m_row.runThere, texts.tags));
    m_row.attributes = digest;
    return m_store->save(m_row);
}

/// Points that were sent without an answer: those that are not there are sent.
Result<void> RunMirror::settleBatch(std::stop_token stop) {
    if (m_row.asked == 0)
        return {};
    PointCounts there;
    QSet<QString> read;
    const auto readThere = [&](const QString &name) -> Result<void> {
        if (read.contains(name))
            return {};
        read.insert(name);
        auto history = m_there->metricHistory(m_row.runThere, name);
        if (!history && history.error().kind == ErrorKind::NotFound) // of a metric that it never heard of
            return {};
        if (!history)
            return history.error();
        for (const MetricPoint &p : *history)
            ++there[keyOf(p)];
        return {};
    };
    // The names first: what was acknowledged before the batch stands there, too, and is taken off.
    for (qint64 at = m_row.sent;;) {
        PH_ASSIGN(const auto batch, m_store->points(m_row.run, at, m_row.asked));
        if (batch.empty())
            break;
        at = batch.back().sequence;
        for (const auto &p : batch)
            PH_TRY(readThere(p.point.name));
    }
    if (!there.empty()) {
        for (qint64 at = 0; at < m_row.sent;) {
            PH_ASSIGN(const auto before, m_store->points(m_row.run, at, m_row.sent, 10000));
            if (before.empty())
                break;
            at = before.back().sequence;
            for (const auto &p : before)
                if (const auto it = there.find(keyOf(p.point)); it != there.end() && it->second > 0)
                    --it->second;
        }
    }
    while (m_row.sent < m_row.asked) {
        if (stop.stop_requested())
            return cancelled();
        PH_ASSIGN(const auto batch, m_store->points(m_row.run, m_row.sent, m_row.asked));
        std::vector<MetricPoint> missing;
        for (const auto &p : batch) {
            const auto it = there.find(keyOf(p.point));
            if (it != there.end() && it->second > 0)
                --it->second;
            else
                missing.push_back(p.point);
        }
        if (!missing.empty())
            PH_TRY(m_there->logMetrics(m_row.runThere, missing));
        m_row.sent = batch.empty() ? m_row.asked : batch.back().sequence;
        PH_TRY(m_store->save(m_row));
    }
    m_row.asked = 0;
    return m_store->save(m_row);
}

Result<void> RunMirror::push(std::stop_token stop) {
    if (!m_there->keepsRuns())
        return {};
    PH_ASSIGN(const Run run, m_here->run(m_row.run));
    PH_TRY(sendTexts(run));
    PH_TRY(settleBatch(stop));
    for (;;) {
        if (stop.stop_requested())
            return cancelled();
        PH_ASSIGN(const auto batch, m_store->points(m_row.run, m_row.sent));
        if (batch.empty())
            return {};
        m_row.asked = batch.back().sequence;
        PH_TRY(m_store->save(m_row)); // before it is sent: a kill in between leaves the question, not a wrong answer
        std::vector<MetricPoint> points;
        for (const auto &p : batch)
            points.push_back(p.point);
        PH_TRY(m_there->logMetrics(m_row.runThere, points));
        m_row.sent = m_row.asked;
        m_row.asked = 0;
        PH_TRY(m_store->save(m_row));
    }
}

Result<void> RunMirror::complete(const Run &ended, std::stop_token stop) {
    PH_TRY(push(stop));
    PH_ASSIGN(const auto ordered, m_store->find(m_row.run, m_row.connection));
    if (ordered) { // the package was made meanwhile
        m_row.model = ordered->model;
        m_row.package = ordered->package;
        m_row.digest = ordered->digest;
        m_row.orders = ordered->orders;
    }
    const QString status = runStatusName(ended.status);
    if (m_row.finished != status && m_there->keepsRuns()) {
        PH_TRY(m_there->finishCopy(m_row.runThere, ended.status, ended.error, ended.ended));
        m_row.finished = status;
        PH_TRY(m_store->save(m_row));
    }
    if (stop.stop_requested())
        return cancelled();
    if (m_row.package.isEmpty())
        return {};
    return m_row.model.isEmpty() ? sendPackage(stop) : sendVersion(ended);
}

Result<void> RunMirror::sendPackage(std::stop_token stop) {
    const QString at = m_there->packagePath(m_row.digest);
    if (m_row.packageSent == m_row.digest || at.isEmpty())
        return {};
    PH_ASSIGN(const artifact::Package package, artifact::openPackage(m_row.package));
    PH_TRY(m_there->sendArtifacts(m_row.runThere, m_row.package, package.files.keys() << QStringLiteral("SHA256SUMS"), at, stop));
    m_row.packageSent = m_row.digest;
    return m_store->save(m_row);
}

Result<std::optional<Version>> RunMirror::versionThere() const {
    PH_ASSIGN(const auto versions, m_there->versions(m_row.model));
    std::optional<Version> found; // the oldest, should somebody have registered it once more
    for (const Version &version : versions)
        if (version.digest == m_row.digest && (version.runId == m_row.runThere || !m_there->keepsRuns()))
            found = version;
    return found;
}

/// The version, if it is there. A program that was killed here may have asked for it, and a slow server makes it after its asker is gone: as long as twenty such
/// looks take, it is waited for.
Result<std::optional<Version>> RunMirror::firstLook() const {
    using Time = std::chrono::steady_clock;
    const auto begun = Time::now();
    PH_ASSIGN(std::optional<Version> version, versionThere());
    const auto one = Time::now() - begun, patience = std::min<Time::duration>(20 * one, std::chrono::seconds(20));
    while (m_takenUp && !version && Time::now() - begun < patience) {
        std::this_thread::sleep_for(one);
        PH_ASSIGN(version, versionThere());
    }
    return version;
}

Result<void> RunMirror::sendVersion(const Run &run) {
    std::optional<Version> version;
    if (m_row.version > 0) {
        PH_ASSIGN(version, m_there->version(m_row.model, m_row.version));
    } else {
        PH_ASSIGN(version, firstLook());
        if (!version) {
            PH_ASSIGN(version, m_there->registerVersion(m_row.model, m_row.package, m_row.runThere, run.user));
        }
        m_row.version = version->version;
        m_row.packageSent = m_row.digest;
        PH_TRY(m_store->save(m_row));
    }
    const MirroredTexts texts = m_texts(run);
    for (auto it = texts.versionTags.begin(); it != texts.versionTags.end(); ++it)
        if (version->tags.value(it.key()) != it.value())
            PH_TRY(m_there->setVersionTag(m_row.model, m_row.version, it.key(), it.value()));
    if (version->description.isEmpty() && !texts.description.isEmpty())
        PH_TRY(m_there->setDescription(m_row.model, m_row.version, texts.description));
    return {};
}

Result<QJsonObject> RunMirror::readBack() {
    const auto differs = [&](const QString &what) {
        return Error{ErrorKind::Conflict, QStringLiteral("%1 of run %2 on %3 is not what was sent.").arg(what, m_row.runThere, m_there->source()), {},
                     QStringLiteral("It is sent again by the next attempt; if it stays so, somebody else writes to that run."), {}};
    };
    const auto version = [&](QJsonObject seen) -> Result<QJsonObject> {
        if (m_row.version == 0)
            return seen;
        PH_ASSIGN(const Version made, m_there->version(m_row.model, m_row.version));
        if (made.digest != m_row.digest)
            return differs(QStringLiteral("The package of version %1").arg(m_row.version));
        seen.insert(Q("version"), made.version);
        seen.insert(Q("digest"), made.digest);
        return seen;
    };
    if (!m_there->keepsRuns())
        return version({});
    PH_ASSIGN(const Run here, m_here->run(m_row.run));
    PH_ASSIGN(const Run there, m_there->run(m_row.runThere));
    const MirroredTexts texts = m_texts(here);
    const auto again = [&](const Error &error) -> Result<QJsonObject> { // looked up and sent again
        const Mirror before = m_row;
        PH_TRY(m_store->restart(m_row.run, m_row.connection));
        PH_ASSIGN(auto fresh, m_store->find(m_row.run, m_row.connection));
        m_row = *std::move(fresh);
        m_row.runThere = before.runThere;
        m_row.packageSent = before.packageSent;
        PH_TRY(m_store->save(m_row));
        return error;
    };
    if (runStatusName(there.status) != m_row.finished)
        return again(differs(QStringLiteral("The status")));
    if (const QString key = differing(texts.params, there.params); !key.isEmpty())
        return again(differs(QStringLiteral("The parameter “%1”").arg(key)));
    if (const QString key = differing(texts.tags, there.tags); !key.isEmpty())
        return again(differs(QStringLiteral("The tag “%1”").arg(key)));
    PH_ASSIGN(const QStringList names, m_store->metricNames(m_row.run));
    qint64 points = 0;
    for (const QString &name : names) {
        PH_ASSIGN(const auto history, m_here->metricHistory(m_row.run, name));
        PH_ASSIGN(const auto seen, m_there->metricHistory(m_row.runThere, name));
        PointCounts mine, theirs;
        for (const MetricPoint &p : history)
            ++mine[keyOf(p)];
        for (const MetricPoint &p : seen)
            ++theirs[keyOf(p)];
        for (const auto &[key, count] : mine) // a registry may keep one of points that are equal in everything
            if (theirs[key] == 0)
                return again(differs(QStringLiteral("The metric “%1”").arg(name)));
        for (const auto &[key, count] : theirs)
            if (count > mine[key])
                return differs(QStringLiteral("The metric “%1”, which has points that were not sent,").arg(name));
        points += qint64(history.size());
    }
    return version({{Q("run"), m_row.runThere}, {Q("status"), m_row.finished}, {Q("params"), texts.params.size()}, {Q("points"), points}});
}

} // namespace pilothouse::registry
