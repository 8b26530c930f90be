// SPDX-License-Identifier: GPL-3.0-or-later
// pilot registry compare RUN… [--connection NAME] [--all]
//     parameters, metrics (their last values) and tags of 2 to 50 runs side by side; only what differs, without --all. A RUN is an id, or MODEL@VERSION:
//     the run that a version comes from. {"runs":[{"id","name","experiment","status","started","ended"}],"missing":[id],"same":number of rows that do not
//     differ,"rows":[{"kind":"param"|"metric"|"tag","name","differs","values":[text|number|null]}]}: values in the order of the runs; a metric that is
//     no finite number is its text. Rows that do not differ are there with --all only.
#include "app/pilot/registry_compare.h"

#include "core/base/clock.h"
#include "core/fleet/model_place.h"
#include "core/registry/run_comparison.h"

#include <QJsonArray>

#include <algorithm>
#include <cmath>
#include <memory>

namespace pilothouse {

namespace {

using Q = QLatin1String;
using registry::ComparedRow;

constexpr int widestCell = 28; // characters

struct Options {
    std::vector<std::string> runs;
    std::string connection;
    bool all = false;
};

QLatin1String kindName(ComparedRow::Kind kind) { return kind == ComparedRow::Param ? Q("param") : kind == ComparedRow::Metric ? Q("metric") : Q("tag"); }

/// A run's id as it is; MODEL@VERSION as the id of the run that it comes from.
Result<QString> runIdOf(const fleet::Services &services, const QString &connection, const QString &text) {
    const qsizetype at = text.lastIndexOf(QLatin1Char('@'));
    bool isNumber = false;
    const int number = text.mid(at + 1).toInt(&isNumber);
    if (at <= 0 || !isNumber)
        return text;
    PH_ASSIGN(const fleet::ModelPlace place, fleet::placeOf(services, text.left(at), connection));
    PH_ASSIGN(const registry::Version version, place.registry->version(place.key.name, number));
    if (version.runId.isEmpty())
        return notFound(QStringLiteral("%1 names no run that it comes from.").arg(text), {}, QStringLiteral("Give the id of a run."));
    return version.runId;
}

QJsonValue valueJson(const ComparedRow &row, std::size_t run) {
    if (!row.texts[run])
        return {};
    return row.kind == ComparedRow::Metric && std::isfinite(row.numbers[run]) ? QJsonValue(row.numbers[run]) : QJsonValue(*row.texts[run]);
}

QString cellText(const ComparedRow &row, std::size_t run) {
    if (!row.texts[run])
        return QStringLiteral("–");
    QString text = row.kind == ComparedRow::Metric && std::isfinite(row.numbers[run]) ? QString::number(row.numbers[run], 'g', 6) : *row.texts[run];
    text.replace(QLatin1Char('\n'), QLatin1Char(' '));
    return text.size() > widestCell ? text.left(widestCell - 1) + QStringLiteral("…") : text;
}

QString table(const registry::RunComparison &comparison, const std::vector<const ComparedRow *> &rows) {
    std::vector<QStringList> lines{{QString()}};
    for (std::size_t run = 0; run < comparison.runs.size(); ++run)
        lines.front() << comparison.runName(run).left(widestCell);
    for (const ComparedRow *row : rows) {
        QStringList cells{QStringLiteral("%1 %2").arg(QString(kindName(row->kind)).leftJustified(6), row->name)};
        for (std::size_t run = 0; run < comparison.runs.size(); ++run)
            cells << cellText(*row, run);
        lines.push_back(cells);
    }
    std::vector<int> widths(comparison.runs.size() + 1);
    for (const QStringList &line : lines)
        for (std::size_t i = 0; i < widths.size(); ++i)
            widths[i] = std::max(widths[i], int(line[qsizetype(i)].size()));
    QStringList out;
    for (const QStringList &line : lines) {
        QStringList cells{line.front().leftJustified(widths.front())};
        for (std::size_t i = 1; i < widths.size(); ++i)
            cells << line[qsizetype(i)].rightJustified(widths[i]);
        out << cells.join(QStringLiteral("  "));
    }
    return out.join(QLatin1Char('\n'));
}

Result<void> compare(Context &context, const Options &options) {
    PH_ASSIGN(const auto services, context.services());
    PH_ASSIGN(const auto registry, services->registries->of(QString::fromStdString(options.connection)));
    QStringList ids;
    for (const std::string &run : options.runs) {
        PH_ASSIGN(const QString id, runIdOf(*services, QString::fromStdString(options.connection), QString::fromStdString(run)));
        ids << id;
    }
    PH_ASSIGN(const registry::RunComparison comparison, registry::loadComparison(*registry, ids, context.stop()));
    if (comparison.runs.size() < 2)
        return notFound(comparison.missing.isEmpty() ? QStringLiteral("They are all the same run, %1.").arg(comparison.runs.front().id)
                                                     : QStringLiteral("Of these runs the registry knows %1 only; not %2.").arg(comparison.runs.front().id, comparison.missing.join(QStringLiteral(", "))),
                        {}, QStringLiteral("Give the ids of two runs that are there: “pilot registry show MODEL” names those of its versions."));
    std::vector<const ComparedRow *> rows;
    for (const ComparedRow &row : comparison.rows)
        if (row.differs || options.all)
            rows.push_back(&row);
    QJsonArray runs, values;
    for (const registry::Run &run : comparison.runs)
        runs.append(QJsonObject{{Q("id"), run.id}, {Q("name"), run.name}, {Q("experiment"), run.experiment}, {Q("status"), registry::runStatusName(run.status)},
                                {Q("started"), run.started.isValid() ? QJsonValue(isoUtc(run.started)) : QJsonValue()}, {Q("ended"), run.ended.isValid() ? QJsonValue(isoUtc(run.ended)) : QJsonValue()}});
    for (const ComparedRow *row : rows) {
        QJsonArray cells;
        for (std::size_t run = 0; run < comparison.runs.size(); ++run)
            cells.append(valueJson(*row, run));
        values.append(QJsonObject{{Q("kind"), kindName(row->kind)}, {Q("name"), row->name}, {Q("differs"), row->differs}, {Q("values"), cells}});
    }
    const auto same = std::count_if(comparison.rows.begin(), comparison.rows.end(), [](const ComparedRow &row) { return !row.differs; });
    QStringList text{rows.empty() ? QStringLiteral("Nothing differs.") : table(comparison, rows)};
    if (same > 0 && !options.all)
        text << QStringLiteral("%1 are the same in all of them: --all shows them, too.").arg(same);
    if (!comparison.missing.isEmpty())
        text << QStringLiteral("Not in the registry (deleted since?): %1.").arg(comparison.missing.join(QStringLiteral(", ")));
    context.answer({{Q("runs"), runs}, {Q("missing"), QJsonArray::fromStringList(comparison.missing)}, {Q("same"), int(same)}, {Q("rows"), values}}, text.join(QLatin1Char('\n')));
    return {};
}

} // namespace

void addRegistryCompare(CLI::App &registry, VerbBody &body) {
    auto options = std::make_shared<Options>();
    auto *add = registry.add_subcommand("compare", "Parameters, metrics and tags of runs side by side: what differs");
    add->fallthrough();
    add->add_option("RUN", options->runs, "Ids of 2 to 50 runs; MODEL@VERSION is the run that a version comes from")->required()->expected(2, registry::mostComparedRuns);
    add->add_option("--connection", options->connection, "Registry of this connection (kind mlflow); default: the local one");
    add->add_flag("--all", options->all, "Also what is the same in all of them");
    add->callback([options, &body] { body = [options](Context &context) { return compare(context, *options); }; });
}

} // namespace pilothouse
