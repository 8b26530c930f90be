// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/run_columns.h"

#include "core/base/clock.h"
#include "core/data/csv_field.h"
#include "core/registry/run_filter_tokens.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace pilothouse::registry {

namespace {

const std::pair<const char *, RunColumn::Field> fields[]{
    {"run_name", RunColumn::Name},     {"run_id", RunColumn::Id},      {"experiment", RunColumn::Experiment}, {"user_id", RunColumn::User},           {"status", RunColumn::Status},
    {"start_time", RunColumn::Started}, {"end_time", RunColumn::Ended}, {"duration", RunColumn::Duration},     {"artifact_uri", RunColumn::Artifacts}, {"error", RunColumn::Error}};

std::optional<double> milliseconds(const QDateTime &time) { return time.isValid() ? std::optional(double(time.toMSecsSinceEpoch())) : std::nullopt; }

QString exactNumber(double value) {
    if (std::isnan(value))
        return QStringLiteral("NaN");
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("Infinity") : QStringLiteral("-Infinity");
    return QString::number(value, 'g', QLocale::FloatingPointShortest);
}

RunValue timeValue(const QDateTime &time) { return time.isValid() ? RunValue{milliseconds(time), isoUtc(time), true} : RunValue{}; }

RunValue loggedValue(const QMap<QString, QString> &map, const QString &key) {
    const auto found = map.constFind(key);
    return found == map.constEnd() ? RunValue{} : RunValue{filterNumber(found->trimmed()), *found, true};
}

RunValue metricValue(const Run &run, const RunColumn &column, const RunFigures &figures) {
    const auto last = run.metrics.constFind(column.key);
    if (last == run.metrics.constEnd())
        return {};
    if (!column.needsHistory())
        return {*last, exactNumber(*last), true};
    const auto figure = figures ? figures(run.id, column) : std::nullopt;
    if (!figure)
        return {{}, {}, false};
    return std::isnan(*figure) ? RunValue{} : RunValue{*figure, exactNumber(*figure), true};
}

/// What a value is sorted by: class (0 number, 1 not a number, 2 text, 3 nothing), then size.
struct Rank {
    int kind = 3;
    double number = 0;
    QString text;
};

Rank rankOf(RunValue value) {
    if (value.number)
        return {std::isnan(*value.number) ? 1 : 0, std::isnan(*value.number) ? 0 : *value.number, {}};
    return value.text.isEmpty() ? Rank{} : Rank{2, 0, std::move(value.text)};
}

/// Keys that most runs have, the most frequent first; `differs` tells whether one is worth a column.
QStringList frequentKeys(const QMap<QString, std::pair<int, bool>> &counts, qsizetype runs, int most) {
    std::vector<std::pair<int, QString>> found;
    for (auto it = counts.begin(); it != counts.end(); ++it)
        if (it->second && it->first * 2 >= runs)
            found.emplace_back(-it->first, it.key());
    std::sort(found.begin(), found.end());
    QStringList keys;
    for (const auto &[count, key] : found)
        if (keys.size() < most)
            keys += key;
    return keys;
}

} // namespace

QString RunColumn::name() const {
    for (const auto &[word, f] : fields)
        if (f == field)
            return QLatin1String(word);
    if (field == Param)
        return QStringLiteral("params.") + key;
    if (field == Tag)
        return QStringLiteral("tags.") + key;
    const QString metric = QStringLiteral("metrics.") + key;
    return figure == Min ? metric + QStringLiteral(":min") : figure == Max ? metric + QStringLiteral(":max") : figure == AtStep ? metric + QLatin1Char('@') + QString::number(step) : metric;
}

Result<RunColumn> runColumn(const QString &name) {
    const QString trimmed = name.trimmed();
    const qsizetype dot = trimmed.indexOf(QLatin1Char('.'));
    const auto entity = dot > 0 ? filterEntity(trimmed.left(dot)) : std::nullopt;
    const QString key = entity ? trimmed.mid(dot + 1) : trimmed;
    RunColumn column;
    column.key = key;
    if (!entity || entity == FilterKey::Attribute) {
        for (const auto &[word, field] : fields)
            if (key == QLatin1String(word) || (field == RunColumn::User && key == QLatin1String("user")))
                return RunColumn{field, RunColumn::Last, {}, 0};
        return invalid(QStringLiteral("Runs have no column “%1”.").arg(trimmed), {},
                       QStringLiteral("Write params.…, tags.…, metrics.…, metrics.…:min, :max or @STEP, or one of run_name, run_id, experiment, user_id, status, start_time, end_time, duration, artifact_uri, error."));
    }
    if (key.isEmpty())
        return invalid(QStringLiteral("After “%1” a key is missing.").arg(trimmed));
    column.field = entity == FilterKey::Param ? RunColumn::Param : entity == FilterKey::Tag ? RunColumn::Tag : RunColumn::Metric;
    if (column.field != RunColumn::Metric)
        return column;
    for (const auto &[end, figure] : {std::pair(":min", RunColumn::Min), std::pair(":max", RunColumn::Max), std::pair(":last", RunColumn::Last)})
        if (key.endsWith(QLatin1String(end))) {
            column.figure = figure;
            column.key = key.chopped(qsizetype(qstrlen(end)));
            return column;
        }
    const qsizetype at = key.lastIndexOf(QLatin1Char('@')); // "mae@t2m" is a metric of one of several targets
    bool isStep = false;
    const qint64 step = at > 0 ? key.mid(at + 1).toLongLong(&isStep) : 0;
    if (isStep) {
        column.figure = RunColumn::AtStep;
        column.step = step;
        column.key = key.left(at);
    }
    return column;
}

Result<std::vector<RunColumn>> runColumns(const QString &names) {
    std::vector<RunColumn> columns;
    for (const QString &name : names.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        PH_ASSIGN(RunColumn column, runColumn(name));
        if (std::find(columns.begin(), columns.end(), column) == columns.end())
            columns.push_back(std::move(column));
    }
    return columns;
}

std::vector<RunColumn> usualColumns(const std::vector<Run> &runs) {
    std::vector<RunColumn> columns{{RunColumn::Name, RunColumn::Last, {}, 0}, {RunColumn::Status, RunColumn::Last, {}, 0}, {RunColumn::Started, RunColumn::Last, {}, 0},
                                   {RunColumn::Duration, RunColumn::Last, {}, 0}, {RunColumn::User, RunColumn::Last, {}, 0}, {RunColumn::Experiment, RunColumn::Last, {}, 0}};
    QMap<QString, std::pair<int, bool>> metrics, params; // how many runs, and whether values differ
    QMap<QString, QString> firstParam;
    const auto looked = qMin<qsizetype>(qsizetype(runs.size()), 500); // the newest say what is being tried
    for (qsizetype i = 0; i < looked; ++i) {
        const Run &run = runs[std::size_t(i)];
        for (auto it = run.metrics.begin(); it != run.metrics.end(); ++it)
            metrics[it.key()] = {metrics.value(it.key()).first + 1, true};
        for (auto it = run.params.begin(); it != run.params.end(); ++it) {
            auto &[count, differs] = params[it.key()];
            const auto first = firstParam.constFind(it.key());
            if (first == firstParam.constEnd())
                firstParam.insert(it.key(), *it);
            else
                differs = differs || *first != *it;
            ++count;
        }
    }
    for (const QString &key : frequentKeys(metrics, looked, 3))
        columns.push_back({RunColumn::Metric, RunColumn::Last, key, 0});
    for (const QString &key : frequentKeys(params, looked, 3))
        columns.push_back({RunColumn::Param, RunColumn::Last, key, 0});
    return columns;
}

std::optional<double> figureOf(const std::vector<MetricPoint> &points, const RunColumn &column) {
    std::optional<double> out;
    for (const MetricPoint &p : points) {
        if (column.figure == RunColumn::Last || (column.figure == RunColumn::AtStep && p.step == column.step))
            out = p.value; // of a step that was written twice the later counts
        else if (column.figure != RunColumn::AtStep && !std::isnan(p.value))
            out = !out ? p.value : column.figure == RunColumn::Min ? std::min(*out, p.value) : std::max(*out, p.value);
    }
    return out;
}

RunValue runValue(const Run &run, const RunColumn &column, const QDateTime &now, const RunFigures &figures) {
    const auto text = [](const QString &t) { return RunValue{{}, t, true}; };
    switch (column.field) {
    case RunColumn::Name: return text(run.name.isEmpty() ? run.id.left(8) : run.name);
    case RunColumn::Id: return text(run.id);
    case RunColumn::Experiment: return text(run.experiment);
    case RunColumn::User: return text(run.user);
    case RunColumn::Status: return text(runStatusName(run.status));
    case RunColumn::Started: return timeValue(run.started);
    case RunColumn::Ended: return timeValue(run.ended);
    case RunColumn::Artifacts: return text(run.artifactFolder);
    case RunColumn::Error: return text(run.error);
    case RunColumn::Param: return loggedValue(run.params, column.key);
    case RunColumn::Tag: return loggedValue(run.tags, column.key);
    case RunColumn::Metric: return metricValue(run, column, figures);
    case RunColumn::Duration: break;
    }
    const QDateTime end = run.ended.isValid() ? run.ended : run.status == RunStatus::Running ? now : QDateTime();
    if (!run.started.isValid() || !end.isValid())
        return {};
    const double seconds = double(run.started.msecsTo(end)) / 1000;
    return {seconds, exactNumber(seconds), true};
}

std::vector<int> shownRuns(const std::vector<Run> &runs, const std::function<bool(const Run &)> &passes, const RunOrder &order, const QDateTime &now, const RunFigures &figures) {
    std::vector<int> rows;
    rows.reserve(runs.size());
    for (std::size_t i = 0; i < runs.size(); ++i)
        if (!passes || passes(runs[i]))
            rows.push_back(int(i));
    if (!order.by)
        return rows;
    std::vector<Rank> ranks(runs.size());
    for (const int row : rows)
        ranks[std::size_t(row)] = rankOf(runValue(runs[std::size_t(row)], *order.by, now, figures));
    std::stable_sort(rows.begin(), rows.end(), [&](int a, int b) {
        const Rank &l = ranks[std::size_t(a)], &r = ranks[std::size_t(b)];
        if (l.kind != r.kind)
            return l.kind < r.kind;
        if (l.kind == 0)
            return order.descending ? r.number < l.number : l.number < r.number;
        return l.kind == 2 && (order.descending ? QString::compare(r.text, l.text, Qt::CaseInsensitive) < 0 : QString::compare(l.text, r.text, Qt::CaseInsensitive) < 0);
    });
    return rows;
}

std::optional<qint64> silentSeconds(const Run &run, const QDateTime &now, qint64 limit) {
    const QDateTime sign = run.lastPoint.isValid() && run.lastPoint > run.started ? run.lastPoint : run.started;
    if (run.status != RunStatus::Running || !sign.isValid())
        return std::nullopt;
    const qint64 silent = sign.secsTo(now);
    return silent > limit ? std::optional(silent) : std::nullopt;
}

QByteArray runsCsv(const std::vector<Run> &runs, const std::vector<int> &rows, const std::vector<RunColumn> &columns, const QDateTime &now, const RunFigures &figures) {
    QByteArray out;
    const auto line = [&](const auto &field) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (i > 0)
                out += ',';
            out += data::csvField(field(columns[i]));
        }
        out += "\r\n";
    };
    line([](const RunColumn &c) { return c.name(); });
    for (const int row : rows)
        line([&](const RunColumn &c) { return runValue(runs[std::size_t(row)], c, now, figures).text; });
    return out;
}

} // namespace pilothouse::registry
