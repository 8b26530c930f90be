// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/drift_days.h"

#include "core/fleet/training_profile.h"
#include "core/serving/log_reader.h"
#include "core/serving/server_folder.h"

#include <QTimeZone>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace pilothouse::fleet {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

/// By its newest three days: what drifts now stands first.
double rank(const std::vector<double> &effect) {
    double most = -1;
    for (std::size_t i = effect.size() > 3 ? effect.size() - 3 : 0; i < effect.size(); ++i)
        if (!std::isnan(effect[i]))
            most = std::max(most, effect[i]);
    return most;
}

} // namespace

Result<DriftDays> driftByDay(const Services &services, const workspace::Model &model, int version, int days, const QDateTime &now, std::stop_token stop) {
    PH_ASSIGN(const drift::Profile trained, trainingProfile(services, model, version));
    return driftByDay(trained, services, model, version, days, now, stop);
}

Result<DriftDays> driftByDay(const drift::Profile &trained, const Services &services, const workspace::Model &model, int version, int days, const QDateTime &now, std::stop_token stop) {
    PH_ASSIGN(const QString folder, serving::servingFolder(services.root, model.deployment.target));
    PH_ASSIGN(const auto database, serving::openServingDatabase(folder));
    const QTimeZone zone(services.workspace.zone.toLatin1());
    DriftDays out;
    out.version = version;
    std::map<QString, std::vector<double>> effects;
    const QDate today = now.toTimeZone(zone).date();
    for (int back = days - 1; back >= 0; --back) {
        if (stop.stop_requested())
            return cancelled();
        const QDate day = today.addDays(-back);
        auto rows = serving::newestRows(*database, driftRowsADay, day.startOfDay(zone), day.addDays(1).startOfDay(zone));
        if (!rows && rows.error().kind != ErrorKind::NotFound)
            return rows.error();
        const std::size_t at = out.days.size();
        out.days.push_back(day);
        out.rows.push_back(rows ? rows->table.rows() : 0);
        for (auto &[name, effect] : effects)
            effect.push_back(none);
        if (out.rows.back() == 0)
            continue;
        serving::nameAnswers(*rows);
        for (const drift::ColumnDrift &column : drift::compare(trained, rows->table).columns) {
            auto &effect = effects.try_emplace(column.name, at + 1, none).first->second;
            if (!column.tooFewRows)
                effect[at] = std::max(0.0, column.effect);
        }
    }
    for (const auto &[name, effect] : effects)
        out.columns.push_back(name);
    std::stable_sort(out.columns.begin(), out.columns.end(), [&](const QString &a, const QString &b) { return rank(effects.at(a)) > rank(effects.at(b)); });
    for (const QString &name : out.columns)
        out.effect.push_back(effects.at(name));
    return out;
}

} // namespace pilothouse::fleet
