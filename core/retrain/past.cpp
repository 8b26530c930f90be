// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/retrain/past.h"

#include "core/base/clock.h"
#include "core/metrics/metrics.h"
#include "core/retrain/observe.h"

#include <algorithm>
#include <cmath>

namespace pilothouse::retrain {

namespace {

Error outOfOrder(const QString &what, const QDateTime &time, const QDateTime &now) {
    return {ErrorKind::Internal, QStringLiteral("%1 of %2 was to be seen at %3.").arg(what, isoUtc(time), isoUtc(now)), {}, {}, {}};
}

} // namespace

KnownAt::KnownAt(qint64 minimumRows, const QTimeZone &zone) : m_minimumRows(minimumRows), m_zone(zone) { m_seen.zone = zone; }

Result<void> KnownAt::advance(const QDateTime &now) {
    if (m_now.isValid() && now < m_now)
        return outOfOrder(QStringLiteral("A time"), now, m_now);
    m_now = now;
    const QDate before = now.toTimeZone(m_zone).date().addDays(-1);
    m_days.erase(m_days.begin(), m_days.lower_bound(before));
    return {};
}

Result<void> KnownAt::learn(const Fact &fact) {
    if (!m_now.isValid() || !fact.known.isValid() || fact.known > m_now)
        return outOfOrder(QStringLiteral("A fact"), fact.known, m_now);
    switch (fact.kind) {
    case Fact::Kind::Version:
        if (!m_newest || fact.known > *m_newest)
            m_newest = fact.known;
        if (!fact.text.isEmpty())
            m_trainedOn[fact.version] = fact.text;
        break;
    case Fact::Kind::Champion:
        if (m_champion != fact.version)
            m_simulatedOn.reset(); // another model answers from here on
        m_champion = fact.version;
        break;
    case Fact::Kind::Tested:
        m_tested[fact.version][fact.text] = fact.value;
        break;
    case Fact::Kind::Label: {
        Window &window = m_labels[fact.version][fact.text];
        window.classes = fact.classes;
        window.rows[{fact.sequence, fact.row}] = {fact.truth, fact.predicted};
        if (window.rows.size() > std::size_t(liveWindow))
            window.rows.erase(window.rows.begin());
        window.changed = true;
        if (fact.time.isValid()) {
            Window &day = m_days[fact.time.toTimeZone(m_zone).date()].labels[fact.text];
            day.classes = fact.classes;
            day.rows[{fact.sequence, fact.row}] = {fact.truth, fact.predicted};
            day.changed = true;
        }
        break;
    }
    case Fact::Kind::Measured:
        if (fact.text.endsWith(QLatin1String(" yesterday"))) {
            const QString metric = fact.text.chopped(10);
            m_seen.yesterday.metrics[metric] = fact.value;
            m_seen.yesterday.labelled[workspace::metricAndTarget(metric).second] = fact.rows > 0 ? fact.rows : m_minimumRows;
            break;
        }
        m_seen.metrics[fact.text] = fact.value;
        if (fact.rows > 0) {
            m_seen.metricSources.erase(fact.text);
            m_seen.labelledRows = fact.rows;
        } else {
            m_seen.metricSources[fact.text] = fact.source;
        }
        if (fact.rows == 0 || fact.rows >= m_minimumRows)
            better(fact.text, fact.value);
        break;
    case Fact::Kind::Drift:
        m_seen.worstPsi = fact.value;
        m_seen.worstColumn = fact.text;
        break;
    case Fact::Kind::Data:
        m_seen.dataHash = fact.text;
        break;
    case Fact::Kind::Retrain:
        m_lastRetrain = fact.known;
        m_seen.spent.push_back({fact.known});
        break;
    case Fact::Kind::NewestRow:
        m_seen.newestRow = fact.time;
        break;
    case Fact::Kind::SourceChanged:
        m_seen.sourceChanged = fact.time;
        break;
    case Fact::Kind::Answered:
        m_days[fact.time.toTimeZone(m_zone).date()].answered += fact.rows;
        m_logged = std::min(m_logged.value_or(fact.time.toTimeZone(m_zone).date()), fact.time.toTimeZone(m_zone).date());
        break;
    case Fact::Kind::RowsYesterday:
        m_seen.yesterday.rows = qint64(fact.value);
        break;
    }
    return {};
}

void KnownAt::decided(const Decision &decision) {
    m_seen.lastLook = decision.time;
    m_seen.lastRules = decision.rules;
    if (decision.kind != DecisionKind::RetrainAttempted)
        return;
    m_seen.spent.push_back({m_now});
    m_lastRetrain = m_now;
    m_newest = m_now;
    m_simulatedOn = m_seen.dataHash;
}

void KnownAt::better(const QString &metric, double value) {
    const auto best = m_seen.bestMetrics.find(metric);
    if (std::isfinite(value) && (best == m_seen.bestMetrics.end() || (workspace::largerIsBetter(metric) ? value > best->second : value < best->second)))
        m_seen.bestMetrics[metric] = value;
}

void KnownAt::judge(Window &window, const QString &target) {
    if (!window.changed)
        return;
    window.changed = false;
    window.values.clear();
    if (qint64(window.rows.size()) < m_minimumRows)
        return;
    metrics::Scored scored;
    scored.classes = window.classes;
    for (const auto &[place, row] : window.rows) {
        scored.truth.push_back(row.first);
        scored.predicted.push_back(row.second);
    }
    scored.count = scored.truth.size();
    const auto values = metrics::allMetrics(scored);
    if (!values) {
        m_seen.notes.removeAll(values.error().text());
        m_seen.notes << values.error().text();
        return;
    }
    for (auto it = values->begin(); it != values->end(); ++it)
        window.values[target.isEmpty() ? it.key() : workspace::metricOfTarget(it.key(), target)] = it.value();
}

void KnownAt::addYesterday(Observations &seen) {
    const QDate date = m_now.toTimeZone(m_zone).date().addDays(-1);
    seen.yesterday.day = date.toString(Qt::ISODate);
    const auto day = m_days.find(date);
    if (m_logged && *m_logged <= date)
        seen.yesterday.rows = day == m_days.end() ? 0 : day->second.answered;
    if (day == m_days.end())
        return;
    for (auto &[target, window] : day->second.labels) {
        judge(window, target);
        seen.yesterday.labelled[target] = qint64(window.rows.size());
        for (const auto &[metric, value] : window.values)
            seen.yesterday.metrics[metric] = value;
    }
}

Observations KnownAt::observations() {
    std::map<QString, double> live;
    if (m_champion)
        for (const auto &[metric, value] : m_tested[*m_champion])
            better(metric, value);
    const auto labels = m_labels.find(m_champion.value_or(0));
    if (labels != m_labels.end())
        for (auto &[target, window] : labels->second) {
            judge(window, target);
            for (const auto &[metric, value] : window.values) {
                live[metric] = value;
                better(metric, value);
            }
        }
    Observations seen = m_seen;
    seen.now = m_now;
    seen.newestModel = m_newest;
    seen.lastRetrain = m_lastRetrain;
    if (m_champion) {
        if (const auto trained = m_trainedOn.find(*m_champion); trained != m_trainedOn.end())
            seen.trainedDataHash = trained->second;
        for (const auto &[metric, value] : m_tested[*m_champion])
            if (std::isfinite(value) && seen.metrics.try_emplace(metric, value).second)
                seen.metricSources[metric] = QStringLiteral("test rows of version %1").arg(*m_champion);
    }
    if (m_simulatedOn)
        seen.trainedDataHash = m_simulatedOn;
    if (labels != m_labels.end())
        for (const auto &[target, window] : labels->second)
            (target.isEmpty() ? seen.labelledRows : seen.labelledTargets[target]) = qint64(window.rows.size());
    for (const auto &[metric, value] : live) {
        seen.metrics[metric] = value;
        seen.metricSources.erase(metric);
    }
    addYesterday(seen);
    return seen;
}

} // namespace pilothouse::retrain
