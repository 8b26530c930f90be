// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/headline.h"
#include "core/workspace/slo.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;
using Watch = workspace::Model::Watch;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Headline)
};

/// A run's value of a metric as `pilot train` logs it, else as others do.
std::optional<double> logged(const registry::Run &run, const QString &metric) {
    const auto [name, target] = workspace::metricAndTarget(metric);
    const QString before = target.isEmpty() ? QString() : target + QLatin1Char('/');
    for (const QString &key : {before + QStringLiteral("test_") + name, before + name})
        for (auto it = run.metrics.begin(); it != run.metrics.end(); ++it) // MLflow's users write MAE as well as mae
            if (it.key().compare(key, Qt::CaseInsensitive) == 0 && std::isfinite(*it))
                return *it;
    return std::nullopt;
}

QString limitless(const Watch &watch, const registry::Run *run) {
    if (!watch.metric.isEmpty())
        return watch.metric;
    for (const char *name : {"mae", "accuracy", "r2"})
        if (run && logged(*run, Q(name)))
            return Q(name);
    return {};
}

Headline fromRun(const Watch &watch, const ModelRow &row, const registry::Run *run) {
    Headline figure{limitless(watch, run), watch.unit, row.registered.source, {}, {}, watch.min, watch.max, 0, {}};
    if (!row.liveVersion) {
        figure.note = Text::tr("no champion");
    } else if (!run) {
        figure.note = Text::tr("the run of version %1 is not known").arg(*row.liveVersion);
    } else if (figure.value = logged(*run, figure.metric); figure.value) {
        figure.rows = run->tags.value(testRowsTag()).toLongLong();
        figure.time = run->lastPoint.isValid() ? run->lastPoint : run->ended;
    } else if (!figure.metric.isEmpty()) {
        figure.note = Text::tr("the run of version %1 has no %2").arg(*row.liveVersion).arg(figure.metric);
    }
    return figure;
}

Headline fromLabels(const Watch &watch, const ModelRow &row) {
    const Quality &quality = row.quality;
    Headline figure{watch.metric.isEmpty() ? quality.metric : watch.metric, watch.unit, row.seen.source, {}, {}, watch.min, watch.max, 0, {}};
    if (figure.metric != quality.metric)
        return figure; // the fleet's row has one metric: of several the first that is over its limit
    figure.value = quality.value;
    figure.rows = quality.labelledRows;
    figure.note = quality.note;
    for (auto at = quality.series.rbegin(); at != quality.series.rend() && !figure.time.isValid(); ++at)
        if (std::isfinite(at->second))
            figure.time = at->first;
    return figure;
}

Headline figureOf(const Watch &watch, const ModelRow &row, const registry::Run *run) {
    if (watch.source == Q("registry"))
        return fromRun(watch, row, run);
    Headline live = fromLabels(watch, row);
    if (live.value || watch.source == Q("endpoint")) {
        if (!live.value && live.note.isEmpty())
            live.note = Text::tr("no label came");
        return live;
    }
    Headline instead = fromRun(watch, row, run);
    if (!instead.value)
        return live.note.isEmpty() ? instead : live;
    instead.note = live.note.isEmpty() ? Text::tr("no label came: as its run was tested") : Text::tr("%1: as its run was tested").arg(live.note);
    return instead;
}

QJsonValue orNull(const std::optional<double> &value) { return value && std::isfinite(*value) ? QJsonValue(*value) : QJsonValue(); }

} // namespace

bool Headline::over() const { return value && ((max && *value > *max) || (min && *value < *min)); }

QJsonObject Headline::toJson() const {
    return {{Q("metric"), metric}, {Q("unit"), unit}, {Q("value"), orNull(value)}, {Q("min"), orNull(min)}, {Q("max"), orNull(max)}, {Q("over"), over()}, {Q("source"), source},
            {Q("rows"), rows > 0 ? QJsonValue(rows) : QJsonValue()}, {Q("time"), time.isValid() ? QJsonValue(isoUtc(time)) : QJsonValue()}, {Q("note"), note}};
}

QString testRowsTag() { return QStringLiteral("data.test_rows"); }

Headline headlineOf(const workspace::Model &model, const ModelRow &row, const registry::Run *championRun) {
    std::vector<Headline> figures;
    for (const Watch &watch : model.watch)
        if (!watch.metric.isEmpty() && !workspace::isSloMetric(watch.metric))
            figures.push_back(figureOf(watch, row, championRun));
    if (figures.empty())
        return figureOf({}, row, championRun);
    const auto over = std::find_if(figures.begin(), figures.end(), [](const Headline &f) { return f.over(); });
    const auto known = std::find_if(figures.begin(), figures.end(), [](const Headline &f) { return f.value.has_value(); });
    return over != figures.end() ? *over : known != figures.end() ? *known : figures.front();
}

} // namespace pilothouse::fleet
