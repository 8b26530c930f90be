// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pilot/accuracy_labels.h"

#include "app/pilot/label_lines.h"

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

Result<JoinedLabels> joinLabels(Context &context, const std::string &source, const std::string &query, Database &database, serving::Outcomes &outcomes, qint64 nowMs) {
    const bool classes = !outcomes.classes.isEmpty();
    PH_ASSIGN(const std::vector<LabelLine> lines, readLabelLines(context, source, query, classes));

    std::map<std::pair<qint64, int>, serving::Outcome *> byId;
    for (serving::Outcome &row : outcomes.rows)
        byId.emplace(std::pair(row.request, row.row), &row);
    PH_TRY(fillPredicted(database, outcomes, byId));
    std::map<qint64, std::pair<std::uint32_t, bool>> requests; // which start of the server, and whether it asked for a list
    PH_TRY(database.query(QStringLiteral("SELECT seq,instance,many FROM predictions"), {}, [&](const Statement &s) { requests.emplace(s.integer(0), std::pair(std::uint32_t(s.integer(1)), s.integer(2) != 0)); }));
    JoinedLabels out;
    for (const LabelLine &line : lines) {
        if (line.missing(classes)) {
            ++out.missing;
            continue;
        }
        const auto id = serving::parsePredictionId(line.id.toStdString());
        const auto request = id ? requests.find(id->sequence) : requests.end();
        const auto row = id ? byId.find({id->sequence, std::max(0, id->row)}) : byId.end();
        if (request == requests.end() || row == byId.end() || request->second != std::pair(id->instance, id->row >= 0) || !std::isfinite(row->second->predicted)) {
            ++out.unknown;
            continue;
        }
        double truth = 0;
        if (classes) {
            if (!outcomes.classes.contains(line.name))
                outcomes.classes << line.name;
            truth = double(outcomes.classes.indexOf(line.name));
        } else {
            truth = line.value;
        }
        serving::Outcome &outcome = *row->second;
        const qint64 came = line.cameMs.value_or(nowMs);
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
