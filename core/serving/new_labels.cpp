// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/serving/labels.h"

#include <algorithm>
#include <limits>
#include <unordered_map>

namespace pilothouse::serving {

namespace {

constexpr qint64 now = std::numeric_limits<qint64>::max(); ///< of a label without a time

/// The label that the row has.
struct Standing {
    qint64 cameMs = 0;
    std::optional<double> value;
    std::string text;
};

Result<std::optional<Standing>> standing(const PredictionId &id, Database &database) {
    static const QString select = QStringLiteral("SELECT time,value,class FROM labels WHERE seq=?1 AND row=?2");
    std::optional<Standing> found;
    PH_TRY(database.query(select, [&](Statement &s) { s.bind(1, qint64(id.sequence)).bind(2, std::max(0, id.row)); },
                          [&](const Statement &s) { found = {s.integer(0), s.isNull(1) ? std::nullopt : std::optional(s.real(1)), s.blob(2).toStdString()}; }));
    return found;
}

Result<bool> predicted(const PredictionId &id, Database &database) {
    static const QString select = QStringLiteral("SELECT 1 FROM predictions WHERE seq=?1 AND instance=?2 AND many=?3 AND ?4<rows");
    bool found = false;
    PH_TRY(database.query(select, [&](Statement &s) { s.bind(1, qint64(id.sequence)).bind(2, qint64(id.instance)).bind(3, id.row >= 0 ? 1 : 0).bind(4, std::max(0, id.row)); },
                          [&](const Statement &) { found = true; }));
    return found;
}

bool says(const Standing &row, const Label &label) { return row.value ? !label.values.empty() && *row.value == label.values.front() : row.text == label.text; }

} // namespace

Result<NewLabels> newLabels(const std::vector<Label> &labels, Database &database) {
    std::unordered_map<std::string_view, std::size_t> last; // where the one that counts stands
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (const auto [place, first] = last.emplace(labels[i].predictionId, i); !first && labels[i].cameMs.value_or(now) >= labels[place->second].cameMs.value_or(now))
            place->second = i;
    NewLabels out;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const Label &label = labels[i];
        if (last.at(label.predictionId) != i) {
            ++out.standing;
            continue;
        }
        const auto id = parsePredictionId(label.predictionId);
        PH_ASSIGN(const bool known, id ? predicted(*id, database) : Result<bool>(false));
        if (!known) {
            ++out.unknown;
            continue;
        }
        PH_ASSIGN(const auto row, standing(*id, database));
        if (row && (says(*row, label) || row->cameMs > label.cameMs.value_or(now)))
            ++out.standing;
        else
            out.labels.push_back(label);
    }
    return out;
}

} // namespace pilothouse::serving
