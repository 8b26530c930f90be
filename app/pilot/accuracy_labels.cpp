// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/accuracy_labels.h"

#include "app/pilot/data_source.h"

#include "core/data/csv.h"
#include "core/serving/log_reader.h"
#include "core/serving/prediction_log.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace pilothouse {

namespace {

constexpr std::size_t readRows = 200000;

/// What was predicted for rows that the log has no label of.
Result<void> fillPredicted(Database &database, serving::Outcomes &outcomes, std::map<std::pair<qint64, int>, serving::Outcome *> &byId) {
    PH_ASSIGN(const serving::LoggedRows logged, serving::newestRows(database, readRows));
    const data::Column *predicted = logged.table.find(logged.predictionColumn);
    for (std::size_t i = 0; predicted && i < logged.ids.size(); ++i) {
        const auto found = byId.find({logged.ids[i].request, logged.ids[i].row});
        if (found == byId.end() || found->second->labelled || predicted->isMissing(i))
            continue;
        if (predicted->type == data::ColumnType::Number) {
            found->second->predicted = predicted->numbers[i];
            continue;
        }
        const QString name = predicted->text(i);
        if (!outcomes.classes.contains(name))
            outcomes.classes << name;
        found->second->predicted = double(outcomes.classes.indexOf(name));
    }
    return {};
}

} // namespace

QString JoinedLabels::text(const QString &source) const {
    QString text = QStringLiteral("%1: %2 labels of these predictions").arg(source).arg(joined);
    if (unknown > 0)
        text += QStringLiteral(", %1 of others").arg(unknown);
    if (missing > 0)
        text += QStringLiteral(", %1 lines without an id or a value").arg(missing);
    return text + QLatin1Char('.');
}

Result<JoinedLabels> joinLabels(Context &context, const std::string &source, Database &database, serving::Outcomes &outcomes, qint64 nowMs) {
    workspace::DataSpec spec;
    spec.source = dataArgument(source);
    PH_TRY(fetchData(context, spec));
    const bool classes = !outcomes.classes.isEmpty();
    const auto kind = classes ? data::ColumnType::Category : data::ColumnType::Number; // a class "1" is a text
    PH_ASSIGN(const data::LoadedTable loaded, data::loadData(spec, {{QStringLiteral("prediction_id"), data::ColumnType::Category}, {QStringLiteral("value"), kind}, {QStringLiteral("label"), kind}}, context.stop()));
    const data::Column *ids = loaded.table.find(QStringLiteral("prediction_id")), *values = loaded.table.find(QStringLiteral("value")), *times = loaded.table.find(QStringLiteral("time"));
    if (!values)
        values = loaded.table.find(QStringLiteral("label"));
    if (!ids || !values || values->type != kind)
        return invalid(QStringLiteral("Labels need a column prediction_id and a column value with %1.").arg(classes ? QStringLiteral("classes") : QStringLiteral("numbers")), spec.source,
                       QStringLiteral("Its columns are: %1.").arg(loaded.table.names().join(QStringLiteral(", "))));
    if (times && times->type != data::ColumnType::Time)
        return invalid(QStringLiteral("The column time holds no times."), spec.source, QStringLiteral("Write them as 2026-03-01T06:00Z, or leave the column out."));

    std::map<std::pair<qint64, int>, serving::Outcome *> byId;
    for (serving::Outcome &row : outcomes.rows)
        byId.emplace(std::pair(row.request, row.row), &row);
    PH_TRY(fillPredicted(database, outcomes, byId));
    std::map<qint64, std::pair<std::uint32_t, bool>> requests; // which start of the server, and whether it asked for a list
    PH_TRY(database.query(QStringLiteral("SELECT seq,instance,many FROM predictions"), {}, [&](const Statement &s) { requests.emplace(s.integer(0), std::pair(std::uint32_t(s.integer(1)), s.integer(2) != 0)); }));
    JoinedLabels out;
    for (std::size_t i = 0; i < loaded.table.rows(); ++i) {
        if (ids->isMissing(i) || values->isMissing(i)) {
            ++out.missing;
            continue;
        }
        const auto id = serving::parsePredictionId(ids->dictionary[std::size_t(ids->codes[i])]);
        const auto request = id ? requests.find(id->sequence) : requests.end();
        const auto row = id ? byId.find({id->sequence, std::max(0, id->row)}) : byId.end();
        if (request == requests.end() || row == byId.end() || request->second != std::pair(id->instance, id->row >= 0) || !std::isfinite(row->second->predicted)) {
            ++out.unknown;
            continue;
        }
        double truth = 0;
        if (classes) {
            const QString name = values->text(i);
            if (!outcomes.classes.contains(name))
                outcomes.classes << name;
            truth = double(outcomes.classes.indexOf(name));
        } else {
            truth = values->numbers[i];
        }
        serving::Outcome &outcome = *row->second;
        const qint64 came = times && !times->isMissing(i) ? times->times[i] : nowMs;
        ++out.joined;
        if (outcome.labelled && std::tuple(outcome.labelledMs, outcome.truth) > std::tuple(came, truth))
            continue;
        outcome.labelled = true;
        outcome.labelledMs = came;
        outcome.truth = truth;
    }
    return out;
}

} // namespace pilothouse
