// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/registry/version_model.h"

#include "widgets/base/format.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {
constexpr Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter, left = Qt::AlignLeft | Qt::AlignVCenter;

const fleet::ModelRow *rowOf(const fleet::Snapshot &s, const QString &registered) {
    const auto it = std::find_if(s.models.begin(), s.models.end(), [&](const auto &m) { return m.name == registered; });
    return it == s.models.end() ? nullptr : &*it;
}

QString headlineMetrics(const registry::Run &run) {
    // What a run is known by, in the order of importance; at most two, so that the column stays readable.
    static const QStringList order{QStringLiteral("mae"), QStringLiteral("r2"), QStringLiteral("accuracy"), QStringLiteral("f1"), QStringLiteral("f1_macro"), QStringLiteral("rmse")};
    QStringList parts;
    for (const QString &name : order) {
        for (const QString &key : {QStringLiteral("test_") + name, QStringLiteral("test.") + name, name})
            if (run.metrics.contains(key)) {
                parts << metricName(name) + QLatin1Char(' ') + number(run.metrics.value(key));
                break;
            }
        if (parts.size() == 2)
            break;
    }
    return parts.join(QStringLiteral(", "));
}
} // namespace

std::vector<ModelLine> modelLines(const fleet::Snapshot &s, const QDateTime &now) {
    std::vector<ModelLine> lines;
    for (const fleet::ModelRow &m : s.models) {
        ModelLine line;
        line.name = m.name;
        line.state = stateOf(m.health);
        line.second = m.estimator.isEmpty() ? QObject::tr("not trained yet") : m.estimator;
        line.right = m.liveVersion ? QStringLiteral("v%1").arg(*m.liveVersion) : QObject::tr("none live");
        if (m.newestModel)
            line.second += QObject::tr(", newest %1 old").arg(age(*m.newestModel, now));
        lines.push_back(line);
    }
    for (const registry::RegisteredModel &m : s.registered)
        if (!rowOf(s, m.name))
            lines.push_back({m.name, QObject::tr("in the registry only"), QStringLiteral("v%1").arg(m.latestVersion), State::Unknown});
    return lines;
}

ModelListModel::ModelListModel(QObject *parent) : RowsModel(parent) { m_columns = {{tr("Model"), left, 0, {}, 0}}; }

QVariant ModelListModel::cell(const ModelLine &m, int, int role) const {
    switch (role) {
    case Qt::DisplayRole: return m.name;
    case StateRole: return int(m.state);
    case SecondRole: return m.second;
    case RightRole: return m.right;
    case Qt::AccessibleTextRole: return tr("%1, %2, %3, %4").arg(m.name, stateWord(m.state), m.right, m.second);
    default: return {};
    }
}

std::vector<VersionLine> versionLines(const fleet::Snapshot &s, const QString &model) {
    std::vector<VersionLine> lines;
    const fleet::ModelRow *row = rowOf(s, model);
    for (const registry::Version &version : s.versions) {
        if (version.model != model)
            continue;
        VersionLine line;
        line.version = version;
        line.served = row && row->servedVersion == version.version;
        const auto run = std::find_if(s.runs.begin(), s.runs.end(), [&](const auto &r) { return r.id == version.runId; });
        if (run != s.runs.end()) {
            line.estimator = run->params.value(QStringLiteral("estimator"));
            line.metrics = headlineMetrics(*run);
        }
        for (const promotion::Request &r : s.promotions) { // newest first: the first one speaks
            if (r.model != model || r.version != version.version)
                continue;
            const bool pending = r.state == promotion::RequestState::Pending;
            line.decision = pending ? QObject::tr("Waits for approval") : promotion::requestStateName(r.state);
            line.decisionState = pending ? State::Paused : r.state == promotion::RequestState::Done ? State::Ok : r.state == promotion::RequestState::Executing ? State::Running
                                 : r.state == promotion::RequestState::TurnedBack || r.state == promotion::RequestState::Failed ? State::Bad : State::Skipped;
            break;
        }
        lines.push_back(std::move(line));
    }
    std::stable_sort(lines.begin(), lines.end(), [](const auto &a, const auto &b) { return a.version.version > b.version.version; });
    return lines;
}

VersionModel::VersionModel(QObject *parent) : RowsModel(parent) {
    m_columns = {{tr("Version"), left, 84, {}, 0},  {tr("Aliases"), left, 150, {}, 0}, {tr("Estimator"), left, 150, {}, 0},  {tr("On its test rows"), left, 0, tr("As the run logged them; a promotion scores again"), 0},
                 {tr("Promotion"), left, 160, {}, 0}, {tr("Trained"), right, 110, {}, 2}, {tr("By"), left, 90, {}, 3},        {tr("Package"), left, 130, {}, 1}};
}

QVariant VersionModel::cell(const VersionLine &v, int column, int role) const {
    if (role == SortRole)
        return column == Created ? QVariant(v.version.created) : column == Version ? QVariant(v.version.version) : cell(v, column, Qt::DisplayRole);
    if (role == MonoRole)
        return column == Digest;
    if (role == StateRole)
        return column == Decision && v.decisionState != State::None ? QVariant(int(v.decisionState)) : QVariant();
    if (role == ChipRole)
        return column == Aliases ? QVariant(v.version.aliases + (v.served ? QStringList(tr("served")) : QStringList())) : QVariant();
    if (role == StrongRole)
        return column == Version;
    if (role == MutedRole)
        return column == Created || column == By || column == Digest;
    if (role == Qt::ToolTipRole)
        return column == Digest ? QStringLiteral("sha256:") + v.version.digest : column == Metrics ? v.metrics : QString();
    if (role != Qt::DisplayRole)
        return {};
    switch (column) {
    case Version: return QStringLiteral("v%1").arg(v.version.version);
    case Estimator: return v.estimator;
    case Metrics: return v.metrics;
    case Decision: return v.decision;
    case Created: return m_now.isValid() ? age(v.version.created, m_now) : QString();
    case By: return v.version.user;
    case Digest: return middleElided(v.version.digest, 12);
    default: return QString();
    }
}

} // namespace pilothouse::ui
