// SPDX-License-Identifier: GPL-3.0-or-later
// pilot registry runs [--connection NAME] [--filter TEXT] [--columns LIST] [--sort COLUMN [--descending]] [--limit N] [--known] [--csv]
//     {"source","read","total","runs":[{"run","name","experiment","status","user","start_time","end_time"|null,"silent"?,"params":{…},
//      "metrics":{…},"tags":{…},"columns":{name:value|null}}]}, newest first unless sorted; "total" passed the filter, before --limit; "silent": seconds
//      without a sign of a run that calls itself RUNNING; "columns" are those of --columns: numbers as numbers, NaN and Infinity as text.
//     The filter is MLflow's language and a little more, the columns are those of the window's table: core/registry/run_filter.h, run_columns.h.
//     What a server said last is kept; only what changed is asked for again. --known asks nothing.
#include "app/pilot/registry_runs.h"

#include "core/base/clock.h"
#include "core/fleet/interrupted.h"
#include "core/fleet/run_feed.h"
#include "core/registry/mlflow_api.h"

#include <QJsonArray>

#include <cmath>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using registry::Run;
using registry::RunColumn;

struct Options {
    std::string connection, filter, columns, sort;
    int limit = 100;
    bool descending = false, known = false, csv = false;
};

/// The list that is asked about, and when it was read.
struct Listed {
    std::shared_ptr<const std::vector<Run>> runs;
    QString source;
    QDateTime read;
};

Result<void> readOn(const fleet::Services &services, const registry::Registry &registry, registry::RunReading &reading, registry::RunCache *cache, const QString &connection, const QString &address, std::stop_token stop) {
    while (!reading.isDone()) {
        if (stop.stop_requested())
            return cancelled();
        PH_TRY(reading.step(registry, stop));
        if (cache)
            PH_TRY(cache->change(connection, address, reading.put(), reading.gone()));
    }
    const QDateTime now = services.clock->nowUtc();
    return cache ? cache->setRead(connection, address, now, reading.extent() == registry::RunReading::Everything ? now : QDateTime()) : Result<void>();
}

Result<Listed> listed(Context &context, const fleet::Services &services, const Options &options) {
    constexpr qint64 wholeEverySeconds = 600;
    const QString connection = QString::fromStdString(options.connection), address = fleet::registryAddress(services.workspace, connection);
    PH_ASSIGN(const auto registry, services.registries->of(connection));
    const QDateTime now = services.clock->nowUtc();
    if (address.isEmpty()) {
        registry::RunReading reading({}, registry::RunReading::Everything);
        reading.settle = fleet::settle;
        PH_TRY(readOn(services, *registry, reading, nullptr, {}, {}, context.stop()));
        return Listed{reading.runs(), registry->source(), now};
    }
    PH_ASSIGN(const auto cache, fleet::openRunCache(services));
    PH_ASSIGN(registry::KnownRuns known, cache->runs(connection, address));
    auto runs = std::make_shared<const std::vector<Run>>(std::move(known.runs));
    if (options.known) {
        if (!known.read.isValid())
            return notFound(QStringLiteral("Nothing is known of %1 yet.").arg(connection), {}, QStringLiteral("Leave --known out once, and it is read."));
        return Listed{runs, registry->source(), known.read};
    }
    const bool whole = !known.complete.isValid() || known.complete.secsTo(now) > wholeEverySeconds;
    registry::RunReading reading(runs, whole ? registry::RunReading::Everything : registry::RunReading::Changes);
    if (auto read = readOn(services, *registry, reading, cache.get(), connection, address, context.stop()); !read) {
        Error error = read.error();
        if (known.read.isValid())
            error.hint += QStringLiteral("%1With --known you see the list of %2.").arg(error.hint.isEmpty() ? QString() : QStringLiteral(" "), known.read.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")));
        return error;
    }
    return Listed{reading.runs(), registry->source(), now};
}

/// Reads the figures over histories that the shown rows need.
Result<QHash<QString, QHash<QString, double>>> figuresFor(Context &context, const fleet::Services &services, const Options &options, const std::vector<RunColumn> &columns, const std::vector<Run> &runs, const std::vector<int> &rows) {
    QHash<QString, QHash<QString, double>> out;
    PH_ASSIGN(const auto registry, services.registries->of(QString::fromStdString(options.connection)));
    for (const RunColumn &column : columns)
        for (const int row : rows) {
            const Run &run = runs[std::size_t(row)];
            if (!column.needsHistory() || !run.metrics.contains(column.key))
                continue;
            if (context.stop().stop_requested())
                return cancelled();
            PH_ASSIGN(const auto points, registry->metricHistory(run.id, column.key));
            out[column.name()].insert(run.id, figureOf(points, column).value_or(std::nan("")));
        }
    return out;
}

QJsonObject textsJson(const QMap<QString, QString> &map) {
    QJsonObject out;
    for (auto it = map.begin(); it != map.end(); ++it)
        out.insert(it.key(), *it);
    return out;
}

QJsonObject runJson(const Run &run, const std::vector<RunColumn> &columns, const QDateTime &now, const registry::RunFigures &figures) {
    QJsonObject metrics, values;
    for (auto it = run.metrics.begin(); it != run.metrics.end(); ++it)
        metrics.insert(it.key(), registry::mlflowNumber(*it));
    for (const RunColumn &column : columns) {
        const registry::RunValue value = runValue(run, column, now, figures);
        const bool time = column.field == RunColumn::Started || column.field == RunColumn::Ended;
        values.insert(column.name(), value.isEmpty() ? QJsonValue() : value.number && !time ? registry::mlflowNumber(*value.number) : QJsonValue(value.text));
    }
    QJsonObject out{{Q("run"), run.id}, {Q("name"), run.name}, {Q("experiment"), run.experiment}, {Q("status"), runStatusName(run.status)}, {Q("user"), run.user},
                    {Q("start_time"), run.started.isValid() ? QJsonValue(isoUtc(run.started)) : QJsonValue()}, {Q("end_time"), run.ended.isValid() ? QJsonValue(isoUtc(run.ended)) : QJsonValue()},
                    {Q("params"), textsJson(run.params)}, {Q("metrics"), metrics}, {Q("tags"), textsJson(run.tags)}, {Q("columns"), values}};
    if (const auto silent = silentSeconds(run, now))
        out.insert(Q("silent"), *silent);
    return out;
}

QString cellText(const Run &run, const RunColumn &column, const QDateTime &now, const registry::RunFigures &figures) {
    const registry::RunValue value = runValue(run, column, now, figures);
    if (column.field == RunColumn::Status) {
        const auto silent = silentSeconds(run, now);
        return silent ? QStringLiteral("RUNNING? no sign for %1 d").arg(*silent / 86400) : value.text;
    }
    if (value.number && (column.field == RunColumn::Started || column.field == RunColumn::Ended))
        return QDateTime::fromMSecsSinceEpoch(qint64(*value.number)).toString(QStringLiteral("yyyy-MM-dd HH:mm"));
    if (column.field == RunColumn::Duration && value.number)
        return QStringLiteral("%1 s").arg(*value.number, 0, 'f', 1);
    if (value.number && column.field == RunColumn::Metric)
        return std::isfinite(*value.number) ? QString::number(*value.number, 'g', 6) : value.text;
    QString text = value.text.simplified();
    return text.size() > 48 ? text.left(47) + QStringLiteral("…") : text;
}

QString tableText(const std::vector<Run> &runs, const std::vector<int> &rows, const std::vector<RunColumn> &columns, const QDateTime &now, const registry::RunFigures &figures) {
    std::vector<QStringList> lines{{QStringLiteral("run")}};
    for (const RunColumn &column : columns)
        lines.front() += column.name();
    for (const int row : rows) {
        QStringList line{runs[std::size_t(row)].id.left(12)};
        for (const RunColumn &column : columns)
            line += cellText(runs[std::size_t(row)], column, now, figures);
        lines.push_back(line);
    }
    QString out;
    for (const QStringList &line : lines) {
        QString text;
        for (qsizetype i = 0; i < line.size(); ++i) {
            qsizetype width = 0;
            for (const QStringList &other : lines)
                width = std::max(width, other[i].size());
            text += line[i].leftJustified(width + 2);
        }
        out += text.trimmed() + QLatin1Char('\n');
    }
    return out;
}

Result<void> list(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    registry::TextSpan wrong;
    const QString filterText = QString::fromStdString(options.filter);
    const auto filter = registry::RunFilter::parse(filterText, &wrong);
    if (!filter) {
        Error error = filter.error();
        error.where = QStringLiteral("--filter, ") + error.where;
        return error;
    }
    PH_ASSIGN(std::vector<RunColumn> columns, registry::runColumns(QString::fromStdString(options.columns)));
    registry::RunOrder order;
    order.descending = options.descending;
    if (!options.sort.empty()) {
        PH_ASSIGN(order.by, registry::runColumn(QString::fromStdString(options.sort)));
    }
    if (order.by && order.by->needsHistory())
        return invalid(QStringLiteral("The list cannot be sorted by %1: for that the history of every run would be read.").arg(order.by->name()), QStringLiteral("--sort"), QStringLiteral("Sort by the last value, or choose the column with --columns."));
    PH_ASSIGN(const Listed found, listed(context, *services, options));
    const QDateTime now = services->clock->nowUtc();
    std::vector<int> rows = shownRuns(*found.runs, *filter, order, now);
    const auto total = qint64(rows.size());
    if (rows.size() > std::size_t(options.limit))
        rows.resize(std::size_t(options.limit));
    if (columns.empty() && !context.json)
        columns = registry::usualColumns(*found.runs);
    PH_ASSIGN(const auto read, figuresFor(context, *services, options, columns, *found.runs, rows));
    const registry::RunFigures figures = [&read](const QString &id, const RunColumn &column) -> std::optional<double> {
        const auto figure = read.constFind(column.name());
        return figure == read.constEnd() || !figure->contains(id) ? std::nullopt : std::optional(figure->value(id));
    };
    QJsonArray array;
    for (const int row : rows)
        array.append(runJson((*found.runs)[std::size_t(row)], columns, now, figures));
    QString text;
    if (options.csv)
        text = QString::fromUtf8(runsCsv(*found.runs, rows, columns, now, figures)).chopped(rows.empty() && columns.empty() ? 0 : 2);
    else
        text = rows.empty() ? found.runs->empty() ? QStringLiteral("There are no runs yet.") : QStringLiteral("None of %1 runs passes the filter.").arg(found.runs->size())
                            : tableText(*found.runs, rows, columns, now, figures) + QStringLiteral("%1 of %2 runs of %3, read %4").arg(rows.size()).arg(total).arg(found.source, found.read.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")));
    context.answer({{Q("source"), found.source}, {Q("read"), isoUtc(found.read)}, {Q("total"), total}, {Q("runs"), array}}, text);
    return {};
}

} // namespace

void addRegistryRuns(CLI::App &registry, VerbBody &body) {
    static Options o;
    auto *sub = registry.add_subcommand("runs", "Runs of all experiments: filtered, sorted, the columns you want");
    sub->fallthrough();
    sub->add_option("--connection", o.connection, "Registry of this connection (kind mlflow); default: the local one");
    sub->add_option("--filter", o.filter, "MLflow's search language, e.g. \"metrics.rmse < 1 AND params.model = 'xgb'\"");
    sub->add_option("--columns", o.columns, "Comma-separated: run_name, status, params.KEY, tags.KEY, metrics.KEY, metrics.KEY:min, :max, @STEP …");
    sub->add_option("--sort", o.sort, "Column to sort by; default: newest first");
    sub->add_flag("--descending", o.descending, "Largest first");
    sub->add_option("--limit", o.limit, "Runs at most")->check(CLI::Range(1, 1'000'000'000))->capture_default_str();
    sub->add_flag("--known", o.known, "What was read last, without asking the server");
    sub->add_flag("--csv", o.csv, "As CSV, numbers with full precision");
    sub->callback([&body] { body = [](Context &context) { return list(context, o); }; });
}

} // namespace pilothouse
