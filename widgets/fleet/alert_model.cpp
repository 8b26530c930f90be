// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/alert_model.h"

#include "widgets/base/cells.h"
#include "widgets/base/format.h"

#include <algorithm>
#include <optional>

namespace pilothouse::ui {
namespace {

constexpr double nearShare = 0.95; // of the limit

QString groupTitle(Alert::Group group) {
    return group == Alert::Firing    ? AlertModel::tr("Firing")
           : group == Alert::Pending ? AlertModel::tr("Pending")
           : group == Alert::NoData  ? AlertModel::tr("No data")
           : group == Alert::Silenced ? AlertModel::tr("Silenced")
                                     : AlertModel::tr("Watched and kept");
}

bool nearLimit(const fleet::Quality &quality) {
    if (!quality.value || quality.over())
        return false;
    if (quality.max && *quality.max > 0 && *quality.value >= nearShare * *quality.max)
        return true;
    return quality.min && *quality.min > 0 && *quality.value <= *quality.min / nearShare;
}

Alert::About aboutOf(const QString &id) {
    return id.startsWith(QLatin1String("quality/")) || id.startsWith(QLatin1String("near/")) ? Alert::Quality
           : id.startsWith(QLatin1String("drift/"))                                          ? Alert::Drift
           : id.startsWith(QLatin1String("stale/"))                                          ? Alert::Staleness
                                                                                             : Alert::Other;
}

/// Of an own rule.
Alert::About aboutOfKind(const QString &kind) {
    return kind == QLatin1String("metric") ? Alert::Quality : kind == QLatin1String("drift") ? Alert::Drift : kind == QLatin1String("staleness") ? Alert::Staleness : Alert::Other;
}

/// What the endpoint of a model serves, against its alias; none: there is nothing to tell.
std::optional<Alert> skewOf(const fleet::ModelRow &row) {
    const fleet::Skew &skew = row.served;
    Alert alert;
    alert.about = Alert::Skew;
    alert.model = alert.argument = row.name;
    alert.source = row.endpointUrl.isEmpty() ? row.seen.source : AlertModel::tr("endpoint");
    alert.id = QStringLiteral("skew/") + row.name;
    alert.action = QStringLiteral("rollout.show");
    if (skew.skewed()) {
        alert.group = Alert::Firing;
        alert.state = State::Skew;
        alert.title = AlertModel::tr("%1 serves another version").arg(row.name);
        alert.sentence = skew.what.isEmpty() ? row.skew : skew.what;
        alert.since = skew.since.isValid() ? skew.since : row.seen.time;
    } else if (skew.state == fleet::SkewState::Unknown && !skew.why.isEmpty() && row.liveVersion && !row.endpointUrl.isEmpty()) {
        alert.group = Alert::NoData;
        alert.state = State::Unknown;
        alert.title = AlertModel::tr("%1: what is served cannot be told").arg(row.name);
        alert.sentence = skew.why;
        alert.since = skew.observed;
    } else if (row.liveVersion && !skew.served.isEmpty() && (skew.state == fleet::SkewState::Agrees || skew.state == fleet::SkewState::Moving)) {
        alert.group = Alert::Quiet;
        alert.state = State::Ok;
        alert.id.prepend(QStringLiteral("quiet/"));
        alert.title = skew.state == fleet::SkewState::Moving ? AlertModel::tr("%1 is being rolled out").arg(row.name) : AlertModel::tr("%1 serves what its alias says").arg(row.name);
        alert.sentence = skew.state == fleet::SkewState::Moving && !skew.why.isEmpty() ? skew.why : AlertModel::tr("serves %1, live v%2").arg(skew.served).arg(*row.liveVersion);
    } else {
        return std::nullopt;
    }
    return alert;
}

/// A roll back names its revision: the newest one of another version before the one that serves. Where there is none here, the rollout is shown.
fleet::InboxWay wayHere(const fleet::Snapshot &snapshot, const fleet::InboxWay &way) {
    if (way.action != QLatin1String("rollout.undo"))
        return way;
    const auto row = std::find_if(snapshot.models.begin(), snapshot.models.end(), [&](const fleet::ModelRow &m) { return m.name == way.argument; });
    if (row != snapshot.models.end() && row->rollout && row->rollout->stable)
        for (const cluster::Revision &revision : row->revisions) // newest first
            if (revision.revision < row->rollout->stable->revision && revision.version != row->rollout->stable->version)
                return {AlertModel::tr("Roll back to v%1").arg(revision.version), way.action, QStringLiteral("%1/%2").arg(way.argument).arg(revision.revision)};
    return {AlertModel::tr("Open rollout"), QStringLiteral("rollout.show"), way.argument};
}

} // namespace

std::vector<Alert> silencedOf(const fleet::Snapshot &snapshot) {
    std::vector<Alert> out;
    for (const fleet::SilencedAlert &silenced : snapshot.silenced) {
        Alert alert;
        alert.group = Alert::Silenced;
        alert.about = Alert::Other;
        alert.state = stateOf(silenced.state);
        alert.id = silenced.id;
        alert.title = silenced.title;
        alert.sentence = silenced.sentence;
        alert.model = silenced.model;
        alert.source = silenced.connection.isEmpty() ? AlertModel::tr("local") : silenced.connection;
        alert.since = silenced.until; // how long it lasts, instead
        alert.action = QStringLiteral("alert.endSilence");
        alert.argument = silenced.connection + QLatin1Char('/') + silenced.silence;
        alert.silence = silenced;
        out.push_back(std::move(alert));
    }
    std::stable_sort(out.begin(), out.end(), [](const Alert &a, const Alert &b) { return a.silence->until < b.silence->until; });
    return out;
}

std::vector<Alert> alertsOf(const fleet::Snapshot &snapshot) {
    std::vector<Alert> alerts;
    for (const fleet::InboxItem &item : snapshot.inbox) {
        if ((item.group != fleet::InboxGroup::Broken && item.group != fleet::InboxGroup::Soon) || item.id.startsWith(QLatin1String("skew/")))
            continue; // skew comes from the model itself, with its cause and remedy
        Alert alert;
        alert.group = item.group != fleet::InboxGroup::Broken ? Alert::Pending : item.state == fleet::Health::Unknown ? Alert::NoData : Alert::Firing;
        alert.state = stateOf(item.state);
        alert.id = item.id;
        alert.title = item.title;
        alert.sentence = item.sentence;
        alert.model = item.model;
        alert.source = AlertModel::tr("local");
        alert.about = item.ruleKind.isEmpty() ? aboutOf(item.id) : aboutOfKind(item.ruleKind);
        alert.since = item.since;
        if (alert.about == Alert::Drift && item.ruleKind.isEmpty()) // read anew each time: when that was is not since when
            alert.since = QDateTime();
        alert.action = item.action;
        alert.argument = item.argument;
        for (const fleet::InboxWay &way : item.more)
            if (const auto possible = wayHere(snapshot, way); possible.action != alert.action)
                alert.more.push_back(possible);
        alerts.push_back(alert);
    }
    for (const fleet::ModelRow &row : snapshot.models) {
        if (auto skew = skewOf(row); skew && skew->group != Alert::Quiet)
            alerts.push_back(*std::move(skew));
        Alert alert;
        alert.model = alert.argument = row.name;
        alert.source = row.seen.source;
        if (nearLimit(row.quality)) {
            alert.group = Alert::Pending;
            alert.state = State::Warn;
            alert.about = Alert::Quality;
            alert.id = QStringLiteral("near/") + row.name;
            alert.title = AlertModel::tr("%1 %2 near limit").arg(row.name, metricName(row.quality.metric));
            alert.sentence = AlertModel::tr("%1, limit %2").arg(number(*row.quality.value), limitText(row.quality.min, row.quality.max));
            alert.action = QStringLiteral("drift.show");
            alerts.push_back(alert);
        } else if (!row.quality.metric.isEmpty() && row.liveVersion && !row.quality.value) {
            alert.group = Alert::NoData;
            alert.state = State::Unknown;
            alert.id = QStringLiteral("nodata/") + row.name;
            alert.title = AlertModel::tr("%1 %2 cannot be told").arg(row.name, metricName(row.quality.metric));
            alert.sentence = row.quality.note.isEmpty() ? row.seen.problem : row.quality.note;
            alert.action = QStringLiteral("rollout.show");
            alerts.push_back(alert);
        }
    }
    std::stable_sort(alerts.begin(), alerts.end(), [](const Alert &a, const Alert &b) { 
        const bool badA = a.state == State::Bad, badB = b.state == State::Bad;
        return a.group != b.group ? a.group < b.group : badA != badB ? badA : a.since > b.since;
    });
    return alerts;
}

std::vector<Alert> quietRulesOf(const fleet::Snapshot &snapshot) {
    std::vector<Alert> rules;
    const std::vector<Alert> open = alertsOf(snapshot);
    for (const fleet::KeptRule &kept : snapshot.keptRules) {
        Alert alert;
        alert.group = Alert::Quiet;
        alert.about = aboutOfKind(kept.kind);
        alert.state = kept.looked.isValid() ? State::Ok : State::None;
        alert.id = QStringLiteral("alert/") + kept.rule;
        alert.title = kept.model.isEmpty() ? kept.rule : QStringLiteral("%1 (%2)").arg(kept.rule, kept.model);
        alert.sentence = kept.sentence;
        alert.model = kept.model;
        alert.source = AlertModel::tr("local");
        alert.action = QStringLiteral("alert.silence");
        alert.argument = alert.id;
        rules.push_back(std::move(alert));
    }
    for (const fleet::ModelRow &row : snapshot.models) {
        if (!row.liveVersion)
            continue;
        const auto add = [&](Alert::About about, const QString &id, const QString &title, const QString &sentence, const QString &action) {
            if (std::any_of(open.begin(), open.end(), [&](const Alert &alert) { return alert.model == row.name && alert.about == about; }))
                return; // the inbox takes it for broken or near, which counts more
            Alert alert;
            alert.group = Alert::Quiet;
            alert.about = about;
            alert.state = State::Ok;
            alert.id = QStringLiteral("quiet/%1/%2").arg(id, row.name);
            alert.title = title;
            alert.sentence = sentence;
            alert.model = alert.argument = row.name;
            alert.source = row.seen.source;
            alert.action = action;
            rules.push_back(alert);
        };
        const fleet::Quality &quality = row.quality;
        if (quality.value && (quality.max || quality.min) && !quality.over() && !nearLimit(quality))
            add(Alert::Quality, QStringLiteral("quality"), AlertModel::tr("%1 %2 inside its limit").arg(row.name, metricName(quality.metric)),
                AlertModel::tr("%1, limit %2").arg(number(*quality.value), limitText(quality.min, quality.max)), QStringLiteral("drift.show"));
        if (row.worstPsi && *row.worstPsi < drift::psiDrifted)
            add(Alert::Drift, QStringLiteral("drift"), AlertModel::tr("%1 inputs as in training").arg(row.name),
                AlertModel::tr("%1 most, PSI %2, limit %3").arg(row.worstColumn, fixed(*row.worstPsi, 2), fixed(drift::psiDrifted, 2)), QStringLiteral("drift.show"));
        if (auto skew = skewOf(row); skew && skew->group == Alert::Quiet)
            rules.push_back(*std::move(skew));
        if (row.newestModel && !row.stale && !row.stalenessLimit.isEmpty())
            add(Alert::Staleness, QStringLiteral("stale"), AlertModel::tr("%1 is new enough").arg(row.name), AlertModel::tr("newest model %1 old, limit %2").arg(age(*row.newestModel, snapshot.read), row.stalenessLimit),
                QString());
    }
    return rules;
}

void AlertModel::setAlerts(std::vector<Alert> alerts, const QDateTime &now) {
    std::vector<Line> lines;
    for (int i = 0; i < int(alerts.size()); ++i) {
        if (i == 0 || alerts[std::size_t(i)].group != alerts[std::size_t(i) - 1].group) {
            const Alert::Group group = alerts[std::size_t(i)].group;
            const auto members = std::count_if(alerts.begin(), alerts.end(), [&](const Alert &alert) { return alert.group == group; });
            lines.push_back({-1, groupTitle(group), int(members)});
        }
        lines.push_back({i, {}, 0});
    }
    const auto key = [](const Line &line, const std::vector<Alert> &of) { return line.alert < 0 ? line.heading : of[std::size_t(line.alert)].id; };
    const bool same = lines.size() == m_lines.size() && std::equal(lines.begin(), lines.end(), m_lines.begin(), [&](const Line &a, const Line &b) { return key(a, alerts) == key(b, m_alerts); });
    m_now = now;
    if (same) {
        m_alerts = std::move(alerts);
        m_lines = std::move(lines);
        if (!m_lines.empty())
            Q_EMIT dataChanged(index(0), index(int(m_lines.size()) - 1));
        return;
    }
    beginResetModel(); // an alert came or went: the list is short, and the panel chooses its row again by id
    m_alerts = std::move(alerts);
    m_lines = std::move(lines);
    endResetModel();
}

const Alert *AlertModel::find(const QString &id) const {
    const auto at = std::find_if(m_alerts.begin(), m_alerts.end(), [&](const Alert &alert) { return alert.id == id; });
    return at == m_alerts.end() ? nullptr : &*at;
}

int AlertModel::count(Alert::Group group) const {
    return int(std::count_if(m_alerts.begin(), m_alerts.end(), [&](const Alert &alert) { return alert.group == group; }));
}

QVariant AlertModel::data(const QModelIndex &index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Line &line = m_lines[std::size_t(index.row())];
    if (line.alert < 0)
        return role == Qt::DisplayRole ? QVariant(line.heading) : role == GroupRole ? QVariant(true) : role == RightRole ? QVariant(QString::number(line.count)) : QVariant();
    const Alert &alert = m_alerts[std::size_t(line.alert)];
    switch (role) {
    case Qt::DisplayRole: return alert.title;
    case SecondRole: return alert.sentence;
    case StateRole: return int(alert.state);
    case RightRole: return alert.source;
    case RightSecondRole: return alert.silence ? tr("%1 left").arg(age(m_now, alert.since)) : alert.since.isValid() ? age(alert.since, m_now) : QString();
    case IdRole: return alert.id;
    case Qt::ToolTipRole: return alert.sentence;
    case Qt::AccessibleTextRole: return QStringLiteral("%1, %2, %3").arg(groupTitle(alert.group), alert.title, alert.sentence);
    default: return {};
    }
}

Qt::ItemFlags AlertModel::flags(const QModelIndex &index) const {
    if (!index.isValid())
        return {};
    return m_lines[std::size_t(index.row())].alert >= 0 ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren : Qt::ItemNeverHasChildren;
}

} // namespace pilothouse::ui
